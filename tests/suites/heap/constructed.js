// flags: --max-old-space-size=200
// Lists that are constructed and live on: once new space is at its largest, optimized code allocates them in old space.
'use strict';
const kept = [];
function make(i) { return new Array(20).fill(i); }
for (let i = 0; i < 500000; i++) kept.push(make(i));
console.log(kept.length);
