// flags: --no-concurrent-recompilation
// Doubles of optimized code that are HeapNumbers, since the variable may hold anything where ways join: an argument, or what it
// held where a loop was entered by on-stack replacement. (Not in `number` and `constant`.)
'use strict';

function argument(n, most) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
        let x = i * 0.37;
        if (x > most) x = most;
        sum += x;
    }
    return sum;
}
function number(n, most) {
    most = most * 1;
    let sum = 0;
    for (let i = 0; i < n; i++) {
        let x = i * 0.37;
        if (x > most) x = most;
        sum += x;
    }
    return sum;
}
function constant(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
        let x = i * 0.37;
        if (x > 5000.5) x = 5000.5;
        sum += x;
    }
    return sum;
}
function replaced(d, u, width) {
    const most = width + 0.5;
    for (let j = 0; j < width; j++) {
        let at = j * width;
        for (let i = 0; i < width; i++) {
            let x = i - 0.1 * u[at];
            if (x < 0.5) x = 0.5;
            else if (x > most) x = most;
            d[at++] = x - (x | 0);
        }
    }
    behind(d);
}
function behind(d) {
    d[0] = 0.5;
}

let sum = 0;
for (let i = 0; i < 400; i++) sum += argument(1000, 250.5) + number(1000, 250.5) + constant(1000);
const n = 100, d = new Array(n * n), u = new Array(n * n);
for (let i = 0; i < n * n; i++) d[i] = u[i] = 0.37;
for (let i = 0; i < 30; i++) replaced(d, u, n);
console.log(sum.toFixed(3), d[77].toFixed(5));
