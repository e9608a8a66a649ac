// Floating-point arithmetic: series, a numeric integral and Newton's method. Values are heap numbers in the
// interpreter and unboxed doubles in optimized code.
'use strict';

function leibniz(terms) {
    let sum = 0.0, sign = 1.0;
    for (let k = 0; k < terms; k++) {
        sum += sign / (2 * k + 1);
        sign = -sign;
    }
    return 4 * sum;
}

function curve(x) {
    return x * x * 0.5 + 1.25 / (1 + x);
}

function integrate(from, to, steps) {
    const width = (to - from) / steps;
    let area = 0.0;
    for (let i = 0; i < steps; i++) area += curve(from + (i + 0.5) * width) * width;
    return area;
}

function root(value) {
    let guess = value * 0.5;
    for (let i = 0; i < 12; i++) guess = 0.5 * (guess + value / guess);
    return guess;
}

function sumOfRoots(count) {
    let sum = 0.0;
    for (let i = 1; i <= count; i++) sum += root(i + 0.25);
    return sum;
}

console.log(leibniz(6000000).toFixed(9), integrate(0, 3, 4000000).toFixed(9), sumOfRoots(300000).toFixed(6));
