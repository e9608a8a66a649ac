'use strict';
// Objects that do not escape, in code that is taken back while it holds them.
function vector(x, y) { return { x, y }; }

function length(a, b, c) {
    const v = vector(a, b);
    const w = [v.x, v.y];
    let t = v.x * v.x + w[1];
    t += c;
    return t + v.y;
}

let sum = 0;
for (let i = 0; i < 40000; i++) sum += length(i & 7, 2, 1);
setTimeout(() => console.log(sum, length(1, 2, 'x')), 10);
