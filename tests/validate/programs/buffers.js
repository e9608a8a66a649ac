// Buffers of 64 KiB to 1 MiB: their bytes are external memory, which brings about collections on its own.
'use strict';

function churn(count, size, keep) {
    const kept = [];
    let sum = 0;
    for (let i = 0; i < count; i++) {
        const buffer = Buffer.alloc(size, i & 255);
        kept.push(buffer);
        if (kept.length > keep) sum += kept.shift()[size >> 1];
    }
    return sum;
}

console.log(churn(2000, 65536, 50), churn(300, 1 << 20, 20), churn(20000, 1024, 100));
