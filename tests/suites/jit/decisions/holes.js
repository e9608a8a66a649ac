'use strict';
// A literal with a hole makes arrays of small integers with holes.
function first(list) { return list[0]; }
let sum = 0;
for (let i = 0; i < 100; i++) sum += first([i, , 3]);
console.log(sum);
