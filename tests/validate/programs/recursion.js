// Deep and wide recursion: fib, ackermann, tak and mutual recursion.
'use strict';

function fib(n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

function ackermann(m, n) {
    if (m === 0) return n + 1;
    return n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

function tak(x, y, z) {
    return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

function isEven(n) {
    return n === 0 ? true : isOdd(n - 1);
}

function isOdd(n) {
    return n === 0 ? false : isEven(n - 1);
}

function countEven(limit) {
    let even = 0;
    for (let i = 0; i < limit; i++) if (isEven(i)) even++;
    return even;
}

console.log(fib(33), ackermann(2, 1500), tak(18, 12, 6), countEven(4000));
