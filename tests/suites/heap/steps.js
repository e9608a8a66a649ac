// Functions that are large enough for TurboFan to take long, and make garbage.
'use strict';

exports.make = function make(number) {
  const lines = [];
  for (let i = 0; i < 40; i++)
    lines.push(`o = {a: o.a + ${i}, b: o.b ^ ${number}, c: [o.a, o.b], d: x > ${i} ? o.d + 1 : o.d};`);
  return new Function(`return function step${number}(o, x) {${lines.join('\n')}\nreturn o; };`)();
};
