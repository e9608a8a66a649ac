// Doubles that optimized code hands out as small integers, which take no HeapNumber: what a comparator returns.
'use strict';
const list = Array.from({ length: 20000 }, (_, i) => (i * 7919) % 20011 + 0.5);
let first = 0;
for (let i = 0; i < 12; i++) first += list.slice().sort((x, y) => x - y)[i];
console.log(first);
