// compare: cut masked shifted called chain chained product compared
// Sums of small integers that become too large for one. Where a bitwise operator takes the sum, its lowest 32 bits are
// all that is wanted: there is no check. Operands of another sum are checked, and so are products.
'use strict';
function id(x) { return x; }
function cut(a, b) { return (a + b) | 0; }
function masked(a, b) { return (a - b) & 255; }
function shifted(a, b) { return (a + b) >>> 1; }
function called(a, b) { return (a + b) | id(0); }
function chain(a, b, c) { return (a + b - c) | 0; }
function chained(a, b, c) { return (c + (a + b)) | 0; }
function product(a, b) { return (a * b) | 0; }
function compared(a, b) { const sum = a + b; return sum > 5 ? sum | 0 : sum; }

const all = [cut, masked, shifted, called, chain, chained, product, compared];
let s = 0;
function rounds() {
  for (const f of all) for (let i = 0; i < 30000; i++) s ^= f(i, 3, 1);
}
rounds();
setTimeout(() => {
  rounds();
  for (const f of all) s ^= f(0x7fffffff, f === masked ? -3 : 3, 1);
  console.log(s);
}, 200);
