'use strict';
const B = require('bn.js');
let x = new B(3),
    m = new B('f'.repeat(64), 16);
for (let i = 0; i < 2000; i++) x = x.mul(x).addn(i).mod(m);
console.log(x.toString(16));
