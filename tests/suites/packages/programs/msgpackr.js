'use strict';
const { Packr } = require('msgpackr');
const p = new Packr({ structuredClone: false });
let n = 0;
for (let k = 0; k < 60; k++) {
    const b = p.pack(Array.from({ length: 200 }, (_, i) => ({ a: i, s: 'str' + i, f: i / 3, n: null, l: [1, 2, 3] })));
    n += b.length + p.unpack(b).length;
}
console.log(n);
