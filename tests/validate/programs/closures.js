// Closures over variables of a function and of a loop, currying, composition, and a counter that many share.
'use strict';

function counter() {
    let count = 0;
    return function increment(by) {
        count += by;
        return count;
    };
}

function adder(a) {
    return function addB(b) {
        return function addC(c) {
            return a + b + c;
        };
    };
}

function compose(f, g) {
    return function composed(x) {
        return f(g(x));
    };
}

function double(x) {
    return x * 2;
}

function decrement(x) {
    return x - 1;
}

function countUp(rounds) {
    const increment = counter();
    let last = 0;
    for (let i = 0; i < rounds; i++) last = increment(i & 3);
    return last;
}

function addUp(rounds) {
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum += adder(i & 7)(1)(2);
    return sum;
}

function composeAll(rounds) {
    const f = compose(double, compose(decrement, double));
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum = (sum + f(i)) & 0xffffff;
    return sum;
}

function makeReaders(rounds) {
    const readers = [];
    for (let i = 0; i < rounds; i++) readers.push(function read() { return i; });
    let sum = 0;
    for (const read of readers) sum += read();
    return sum;
}

console.log(countUp(4000000), addUp(500000), composeAll(2000000));
let sum = 0;
for (let i = 0; i < 300; i++) sum += makeReaders(1000);
console.log(sum);
