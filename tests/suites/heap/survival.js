// Large arrays that stay, and small objects that do not: what survives is a part of both, and the first limit of old space
// comes down with it (Heap::ConfigureInitialOldGenerationSize).
'use strict';

const kept = [];
let last;
for (let i = 0; i < 200; i++) {
    kept.push(new Array(1 << 17).fill(i));
    for (let k = 0; k < 20000; k++) last = {k, i, last: null};
}
console.log(kept.length, last.k);
