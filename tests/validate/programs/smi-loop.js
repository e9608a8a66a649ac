// Integer arithmetic that stays in the range of a Smi: loops, remainders, shifts and bit masks. All is optimized once;
// the only deopt is behind the loop of run(), where the code has never been.
'use strict';

function collatzLength(n) {
    let length = 1;
    while (n !== 1) {
        n = (n & 1) === 0 ? n >> 1 : 3 * n + 1;
        length++;
    }
    return length;
}

function countBits(n) {
    let bits = 0;
    for (; n !== 0; n &= n - 1) bits++;
    return bits;
}

function gcd(a, b) {
    while (b !== 0) {
        const rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

function run() {
    let longest = 0, bits = 0, coprime = 0;
    for (let n = 1; n < 100000; n++) {
        const length = collatzLength(n);
        if (length > longest) longest = length;
        bits += countBits(n);
        if (gcd(n, 30030) === 1) coprime++;
    }
    return [longest, bits, coprime];
}

console.log(run().join(' '));
