// A function that is optimized, deopts, is optimized again and deopts again: each phase brings a type that it has
// not met: Smi, double, string, undefined, object, BigInt.
'use strict';

class Money {
    constructor(amount) { this.amount = amount; }
    valueOf() { return this.amount; }
}

function plus(a, b) {
    return a + b;
}

function isLess(a, b) {
    return a < b;
}

function phase(left, right, rounds) {
    let less = 0, last;
    for (let i = 0; i < rounds; i++) {
        last = plus(left, right);
        if (isLess(left, right)) less++;
    }
    return String(last) + ':' + less;
}

const values = [[1, 2], [1.5, 2.5], ['a', 'b'], [undefined, 3], [new Money(1), new Money(2)], [1n, 2n], [1, 2]];
for (const [left, right] of values) {
    const results = [];
    for (let i = 0; i < 1500; i++) results.push(phase(left, right, 400));
    console.log(results[0], results.every((result) => result === results[0]));
}
