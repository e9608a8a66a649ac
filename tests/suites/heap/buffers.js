// Buffers outside the heap.
'use strict';
const ring = new Array(16).fill(null);
let sum = 0;
for (let i = 0; i < 3000; i++) {
  ring[i & 15] = Buffer.alloc(100000, i & 255);
  sum += ring[(i * 3) & 15] ? ring[(i * 3) & 15][17] : 0;
}
console.log(sum);
