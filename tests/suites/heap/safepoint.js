// Garbage, while TurboFan compiles one function after the other: collections wait for it.
'use strict';

const { make } = require('./steps.js');

let o = {a: 0, b: 0, c: null, d: 0};
for (let number = 0; number < 12; number++) {
  const step = make(number);
  for (let i = 0; i < 3000; i++)
    o = step(o, i & 63) && {a: i, b: number, c: null, d: 0};
}
console.log(o.a);
