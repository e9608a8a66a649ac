'use strict';
const { LRUCache } = require('lru-cache');
const c = new LRUCache({ max: 2000 });
let h = 0;
for (let i = 0; i < 200000; i++) {
    const k = 'k' + ((i * 7919) % 5000);
    if (c.get(k) !== undefined) h++;
    else c.set(k, i);
}
console.log(h, c.size);
