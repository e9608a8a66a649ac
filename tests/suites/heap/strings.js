// Concatenations, parts and numbers as strings.
'use strict';
const ring = new Array(128).fill('');
let sum = 0;
for (let i = 0; i < 400000; i++) {
  const key = 'session-number-' + i;
  ring[i & 127] = key + ':' + (i & 1023);
  sum += ring[(i * 5) & 127].length + key.slice(3).length;
}
console.log(sum);
