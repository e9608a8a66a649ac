'use strict';
const y = require('js-yaml');
const s = y.dump(
    Array.from({ length: 300 }, (_, i) => ({
        id: i,
        name: 'n: ' + i,
        tags: ['a', 'b'],
        nested: { x: i / 3, d: null },
    })),
);
let n = 0;
for (let k = 0; k < 10; k++) n += y.load(s).length;
console.log(n, s.length);
