// The sieve of Eratosthenes on an ordinary array of booleans and on bits in a typed array.
'use strict';

function sieve(limit) {
    const composite = new Array(limit + 1).fill(false);
    let primes = 0;
    for (let i = 2; i <= limit; i++) {
        if (composite[i]) continue;
        primes++;
        for (let j = i * 2; j <= limit; j += i) composite[j] = true;
    }
    return primes;
}

function bitSieve(limit) {
    const bits = new Uint32Array((limit >> 5) + 1);
    let primes = 0;
    for (let i = 2; i <= limit; i++) {
        if ((bits[i >> 5] & (1 << (i & 31))) !== 0) continue;
        primes++;
        for (let j = i * 2; j <= limit; j += i) bits[j >> 5] |= 1 << (j & 31);
    }
    return primes;
}

let primes = 0;
for (let round = 0; round < 8; round++) primes += sieve(400000) + bitSieve(400000);
console.log(primes);
