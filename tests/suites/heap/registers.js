// flags: --expose-gc --no-opt
// What lives because a register of a frame that is not optimized still has it, and because a ConsString has its parts.
// Units are of 10,000 bytes, and 100,000 for strings.
'use strict';
const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
function make() { return {list: new Array(5000).fill(1), n: 1}; }
function take(object) { return object.n; }
function pair(a, b) { return a.n + b.n; }
function argument() { take(make()); return used(); }
function several() { pair(make(), make()); return used(); }
function property() { const n = make().n; return used() + n - 1; }
// The call in between writes to the same register; a variable is read from its own, where it is.
function overwritten() { take(make()); take({n: 2}); return used(); }
function kept() { const small = {n: 2}; take(make()); take(small); return used(); }
// A variable of a block is in its register until the next round writes to it.
function block() {
  let there = 0;
  for (let i = 0; i < 2; i++) {
    if (i === 1) there = used();
    const object = make();
    take(object);
  }
  return there;
}
// An iterator has its array, and is in the second of its registers.
function iterated() { let sum = 0; for (const n of make().list) sum += n; return used() + sum - sum; }
function left() { for (const n of make().list) { take({n}); break; } return used(); }
function written() { for (const n of make().list) take({n}); take({n: 1}); return used(); }
function pattern() { const [a, b] = make().list; return used() + a - b; }
function rounds() {
  let there = 0;
  for (let i = 0; i < 2; i++) {
    if (i === 1) there = used();
    for (const n of make().list) there += n - 1;
  }
  return there;
}
function set() { for (const n of new Set(make().list)) take({n}); return used(); }
function none() { return used(); }

const runs = [argument, several, property, overwritten, kept, block, iterated, left, written, pattern, rounds, set];
for (const run of [...runs, ...runs]) run();
for (const run of runs) console.log(run.name, Math.abs(Math.round((run() - none()) / 1e4)));

const rows = [];
for (let i = 0; i < 30000; i++) rows.push('row number ' + i);
const before = used();
let out = '';
for (let i = 0; i < rows.length; i++) out += rows[i];
console.log('rope', Math.round((used() - before) / 1e5), out.length);
