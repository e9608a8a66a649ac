// A cache that grows to its size and is then renewed: survivors are promoted and die old.
'use strict';
const cache = new Map();
let sum = 0;
for (let i = 0; i < 600000; i++) {
  cache.set(i % 100000, { id: i, name: 'user' + i, tags: [i, i + 1] });
  sum += cache.size;
}
console.log(sum);
