// Arrays that grow by push, and literals.
'use strict';
const ring = new Array(32).fill(null);
let sum = 0;
for (let i = 0; i < 60000; i++) {
  const list = [];
  for (let k = 0; k < 40; k++)
    list.push(k);
  ring[i & 31] = [list, [i, i, i]];
  sum += ring[(i * 7) & 31] ? ring[(i * 7) & 31].length : 0;
}
console.log(sum);
