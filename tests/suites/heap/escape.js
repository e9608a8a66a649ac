// Objects that do not leave the optimized function that makes them: literals, instances, closures, patterns, rest
// parameters. Nearly all of them are never allocated.
'use strict';

class Pair {
    constructor(a, b) {
        this.a = a;
        this.b = b;
    }
}

function makeXY(x, y) {
    return {x: x, y: y};
}

function adder(a) {
    return function add(b) {
        return a + b;
    };
}

function count(...values) {
    return values.length;
}

function run(rounds) {
    let sum = 0, p = 1, q = 2;
    for (let i = 0; i < rounds; i++) {
        const pair = new Pair(i & 7, 1), point = makeXY(pair.a, pair.b);
        sum = (sum + point.x + point.y + adder(i & 3)(1) + count(i, 2)) & 0xffffff;
        [p, q] = [q, p];
    }
    return sum + p;
}

// These do leave it.
function keep(rounds, kept) {
    for (let i = 0; i < rounds; i++) kept[i & 63] = makeXY(i, 1);
    return kept.length;
}

let total = keep(1500000, []);
for (let round = 0; round < 200; round++) total += run(5000);
console.log(total);
