// flags: --no-opt
// HeapNumbers below TurboFan: doubles of arithmetic, of fields, elements, typed arrays and builtins. And what
// V8's builtins allocate: matches, joined and padded strings, BigInts, tables of a Map with deletions.
'use strict';

const point = {x: 1.5, y: 2.5}, list = [0.5, 1.5, 2.5], floats = new Float64Array(4);
let sum = 0, length = 0, big = 0n;
for (let i = 0; i < 60000; i++) {
    point.x = i * 0.5;
    floats[i & 3] = point.x + list[i % 3];
    sum += Math.sqrt(floats[i & 3]) + point.y;
    big = (big + 12345678901234567890n) % 98765432109876543210n;
    length += [i, 'a', 'b'].join('-').length + String(i).padStart(8, '0').length;
    length += /a(b)?-/.exec('x-a-b')[0].length;
}
const cache = new Map();
for (let i = 0; i < 60000; i++) {
    cache.set(i, i);
    if (i >= 500) cache.delete(i - 500);
}
console.log(sum.toFixed(3), length, String(big).length, cache.size);
