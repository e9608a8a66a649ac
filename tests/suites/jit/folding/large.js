'use strict';
// A loop of as many statements as the second argument says: V8 peels loops of up to 1000 nodes of its graph.
const statements = Number(process.argv[3] || 10);
let body = '';
for (let k = 0; k < statements; k++) body += `s = (s + o.x${k % 4}) | 0;`;
const f = new Function('n', 'o', `let s = 0; for (let i = 0; i < n; i++) { ${body} } return s;`);
function divide(n, x, y) { let s = 0; for (let i = 0; i < n; i++) s += x / y; return s; }
let sum = 0;
for (let round = 0; round < 300; round++) sum += f(1000, { x0: 1, x1: 2, x2: 3, x3: 4 }) + divide(1000, round, 3.5);
console.log(sum);
