'use strict';
const { produce } = require('immer');
let s = { a: Array.from({ length: 500 }, (_, i) => ({ i, n: { v: i } })) };
for (let i = 0; i < 500; i++)
    s = produce(s, (d) => {
        d.a[i % 500].n.v += i;
        d.a[(i * 7) % 500].i = 1;
    });
console.log(s.a.reduce((x, y) => x + y.n.v, 0));
