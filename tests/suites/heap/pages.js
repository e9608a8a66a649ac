// Tables and lists that grow: what does not fit into the rest of a page, or of new space, and what lives while the one is
// copied to the other.
'use strict';
let sum = 0;
function map(count) { const m = new Map(); for (let i = 0; i < count; i++) m.set(i, i); return m.size; }
function set(count) { const s = new Set(); for (let i = 0; i < count; i++) s.add(i); return s.size; }
function list(count) { const l = []; for (let i = 0; i < count; i++) l.push(i); return l.length; }
for (let round = 0; round < 60; round++) sum += map(5000);
for (let round = 0; round < 60; round++) sum += set(9000);
for (let round = 0; round < 60; round++) sum += list(3000) + list(7000);
console.log(sum);
