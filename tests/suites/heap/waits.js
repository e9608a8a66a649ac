// Requests that make garbage, each by a function of its own that TurboFan compiles meanwhile.
'use strict';

const { make } = require('./steps.js');

let number = 0;
exports.work = (request, callback) => {
  const step = make(number++);
  let o = {a: 0, b: 0, c: null, d: 0};
  for (let i = 0; i < 3000; i++)
    o = step(o, i & 63) && {a: i, b: number, c: null, d: 0};
  callback(null, o.a);
};
