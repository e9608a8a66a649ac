// A sum that is a Smi while the code is optimized, and leaves the range of int32 later: "overflow", then
// optimized again for doubles. And a product that does the same, and a negation that meets -0.
'use strict';

function addTo(sum, value) {
    return sum + value;
}

function scale(a, b) {
    return a * b;
}

function negate(value) {
    return -value;
}

function sumUp(count, step) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum = addTo(sum, step);
    return sum;
}

function scaleAll(count, factor) {
    let sum = 0;
    for (let i = 1; i <= count; i++) sum = (sum + scale(i % 1000 + 1, factor)) % 1000003;
    return sum;
}

function negateAll(count, from) {
    let zeros = 0;
    for (let i = 0; i < count; i++) if (Object.is(negate(from + i % 7), -0)) zeros++;
    return zeros;
}

console.log(sumUp(2000000, 3), sumUp(200000, 7));
console.log(sumUp(200000, 30000), sumUp(1000000, 20000));
console.log(scaleAll(2000000, 1000), scaleAll(1000, 5000000), scaleAll(2000000, 5000000));
console.log(negateAll(1500000, 1), negateAll(1500000, 0), negateAll(1500000, 1));
