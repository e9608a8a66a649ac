'use strict';
const m = require('mathjs');
let o = 0;
const f = m.compile('sin(x)^2+sqrt(x)/(x+1)');
for (let i = 0; i < 2000; i++) o += f.evaluate({ x: i });
const A = m.random
    ? m.matrix(
          Array.from({ length: 12 }, (_, i) =>
              Array.from({ length: 12 }, (_, j) => ((i * 13 + j * 7) % 11) + (i == j ? 20 : 0)),
          ),
      )
    : 0;
console.log(o.toFixed(9), m.det(A).toFixed(3), m.simplify('2x+3x').toString());
