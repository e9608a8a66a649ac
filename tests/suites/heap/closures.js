// Closures with a variable of their own.
'use strict';
const ring = new Array(64).fill(() => 0);
function make(n) {
  return () => n + 1;
}
let sum = 0;
for (let i = 0; i < 800000; i++) {
  ring[i & 63] = make(i & 1023);
  sum += ring[(i * 3) & 63]();
}
console.log(sum);
