// Requests that make garbage, each by a function of its own that TurboFan compiles meanwhile.
'use strict';

function make(number) {
  const lines = [];
  for (let i = 0; i < 40; i++)
    lines.push(`o = {a: o.a + ${i}, b: o.b ^ ${number}, c: [o.a, o.b], d: x > ${i} ? o.d + 1 : o.d};`);
  return new Function(`return function step${number}(o, x) {${lines.join('\n')}\nreturn o; };`)();
}

let number = 0;
exports.work = (request, callback) => {
  const step = make(number++);
  let o = {a: 0, b: 0, c: null, d: 0};
  for (let i = 0; i < 3000; i++)
    o = step(o, i & 63) && {a: i, b: number, c: null, d: 0};
  callback(null, o.a);
};
