'use strict';
const D = require('decimal.js');
let x = new D(1);
for (let i = 1; i < 400; i++) x = x.times(i).plus(new D(1).div(i)).mod('1e30');
D.set({ precision: 200 });
console.log(x.toString(), new D(2).sqrt().toString());
