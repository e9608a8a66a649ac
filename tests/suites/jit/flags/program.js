'use strict';
// Something for each of V8's flags of the tiers to change.
function tiny(x) { return x + 1; }
function middle(a, b, c) {
    let t = a;
    for (let i = 0; i < 4; i++) t = (t * 31 + b * i + c) % 1000;
    if (t > 500) t -= a; else t += b;
    return t ^ c;
}
function point(x) { return { x, y: x }; }
function tail(n) { const p = point(n); return middle(n, p.x, p.y) + tiny(n); }
function outer(n) { let t = 0; for (let i = 0; i < 6; i++) t += tail(n + i); return t; }
function seldom(x) { return x * 3; }
function changes(o) {
    let t = o.a;
    t = (t * 3 + o.a) % 1000; t = (t * 5 + o.a) % 1001; t = (t * 7 + o.a) % 1002; t = (t * 9 + o.a) % 1003;
    return t;
}

let sum = 0;
for (let i = 0; i < 12000; i++) {
    sum += outer(i);
    if (i % 20 === 0) sum += seldom(i);
    sum += changes(i < 1500 ? { a: i } : { b: 1, a: i });
}
function loop(n) { let t = 0; for (let i = 0; i < n; i++) t = (t * 7 + i) % 10007; return t; }
function scaled(n, a, b, o) { let t = 0; for (let i = 0; i < n; i++) t += a / b + o.a; return t; }
for (let i = 0; i < 400; i++) sum += scaled(500, i, 3.5, { a: 1 });
console.log(sum, loop(600000));
