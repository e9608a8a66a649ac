// Generators, iterators by hand and for-of over both, with early exit and delegation.
'use strict';

function* range(from, to) {
    for (let i = from; i < to; i++) yield i;
}

function* evens(source) {
    for (const value of source) if ((value & 1) === 0) yield value;
}

function* both(count) {
    yield* range(0, count);
    yield* range(count, 2 * count);
}

class Countdown {
    constructor(from) { this.from = from; }

    [Symbol.iterator]() {
        let left = this.from;
        return {
            next() {
                return left > 0 ? {value: left--, done: false} : {value: undefined, done: true};
            },
        };
    }
}

function sumOf(iterable) {
    let sum = 0;
    for (const value of iterable) sum += value;
    return sum;
}

function firstOver(iterable, limit) {
    for (const value of iterable) if (value > limit) return value;
    return -1;
}

let sum = 0;
for (let round = 0; round < 1200; round++) {
    sum += sumOf(evens(range(0, 1000)));
    sum += sumOf(both(300));
    sum += sumOf(new Countdown(500));
    sum += firstOver(range(0, 1000), 400);
}
console.log(sum);
