// Young garbage only: a ring of objects, each dies soon after it was made.
'use strict';
const ring = new Array(64).fill(null);
let sum = 0;
for (let i = 0; i < 2000000; i++) {
  ring[i & 63] = { a: i, b: i & 255, c: 'x' };
  sum += ring[(i + 1) & 63] ? ring[(i + 1) & 63].b : 0;
}
console.log(sum);
