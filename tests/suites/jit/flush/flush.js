'use strict';
// Functions of all kinds while the collector marks again and again: which lose their bytecode?
function once(a) { return a.map(function double(x) { return x * 2; }).join('-'); }
function sometimes(n) { let t = 0; for (let i = 0; i < n; i++) t += i; return t; }
function hot(n) { let t = 0; for (let i = 0; i < n; i++) t += i; return t; }
function warm(n) { let t = 0; for (let i = 0; i < n; i++) t += i % 3; return t; }
function* generator() { yield 1; }
async function later() { await null; }
class Point {
    constructor(x) { this.x = x; }
    norm() { return Math.abs(this.x); }
}

once([1, 2, 3]);
[...generator()];
later();
new Point(3).norm();
for (let i = 0; i < 5000; i++) hot(100);
for (let i = 0; i < 300; i++) warm(100);

let keep = [];
function churn() {
    keep = [];
    for (let i = 0; i < 250000; i++) keep.push({ a: i, b: [i] });
}
for (let k = 0; k < 40; k++) {
    churn();
    sometimes(2);
}
console.log(once([4, 5]), sometimes(3), hot(3), warm(4), new Point(-1).norm());
