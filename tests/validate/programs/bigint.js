// BigInt: factorials, Fibonacci numbers of hundreds of digits, modular powers in 64 bits.
'use strict';

function factorial(n) {
    let product = 1n;
    for (let i = 2n; i <= n; i++) product *= i;
    return product;
}

function fibonacci(n) {
    let a = 0n, b = 1n;
    for (let i = 0; i < n; i++) [a, b] = [b, a + b];
    return a;
}

function power(base, exponent, modulus) {
    let result = 1n;
    for (base %= modulus; exponent > 0n; exponent >>= 1n) {
        if (exponent & 1n) result = result * base % modulus;
        base = base * base % modulus;
    }
    return result;
}

let digits = 0, sum = 0n;
for (let round = 0; round < 150; round++) digits += factorial(300n).toString().length;
for (let round = 0; round < 150; round++) digits += fibonacci(1500).toString().length;
for (let i = 1n; i < 15000n; i++) sum += power(i, 65537n, 1000000007n);
console.log(digits, sum.toString());
