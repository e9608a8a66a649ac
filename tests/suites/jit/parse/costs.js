'use strict';
// What a text costs when it is made into functions, and when these are called first, in us of CPU: the least of
// some rounds. User and system time together, because the kernel tells them apart by samples.
const vm = require('vm');
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system; };
let unique = 0;
// Statements of many kinds, in no order that a processor could learn, as in programs that people write.
const kinds = [
    (i) => `x = x * ${i + 1000} + y; if (x > ${i}) { y = y - x; }`,
    (i) => `const count${i} = [x, y, ${i}].length + (y || ${i});`,
    (i) => `let state${i} = { name: 'item ${i}', first: x, rest: [y], done: false };`,
    (i) => `for (let i${i} = 0; i${i} < 1; i${i}++) { y += i${i}; }`,
    (i) => `if (typeof x === 'string' && x.length > ${i} || y === null) throw new TypeError('no ${i}');`,
    (i) => `var text${i} = String(x).slice(0, ${i % 9}) + "-" + (y ? 'a' : \`b\${y}\`);`,
    (i) => `switch (x) { case 'k${i}': y = 0; break; case ${i}: y = 1; break; default: y = y; }`,
    (i) => `try { y = Math.max(x, y, ${i}) >>> 1; } catch (error${i}) { y = error${i}.message; }`,
    (i) => `var [head${i}, ...tail${i}] = [x, y, !x]; /* of ${i}: two are left */`,
    (i) => `y = (x & ${i}) !== 0 ? -y : ~x ^ (y | 0); // ${i}`,
];
function body(n) {
    let s = '';
    for (let i = 0, at = 7; i < n; i++, at = (at * 16807) % 2147483647) s += kinds[at % kinds.length](i) + '\n';
    return s;
}

function cost(name, times, make, use) {
    let made = Infinity, used = Infinity;
    const rounds = 4;
    for (let round = 0; round < rounds; round++) {
        const sources = [];
        for (let i = 0; i < times; i++) sources.push(make(++unique));
        let t = cpu();
        const results = sources.map((s) => use[0](s));
        made = Math.min(made, (cpu() - t) / times);
        t = cpu();
        if (use[1]) results.forEach((r) => use[1](r));
        used = Math.min(used, (cpu() - t) / times);
    }
    console.log(JSON.stringify({ name, made, used }));
}

const run = (s) => new vm.Script(s).runInThisContext(), call = (f) => f(1, 2);
const b = body(400), times = 30, same = `{ let x = 1, y = 2; ${b} x }`;
cost('lazy', times, (u) => `function f${u}(x, y) { ${b} return x; } f${u}`, [run, call]);
cost('parenthesized', times, (u) => `var f = (function f${u}(x, y) { ${b} return x; }); f`, [run, call]);
cost('argument', times, (u) => `var f${u} = (1, Object(function g${u}(x, y) { ${b} return x; })); f${u}`, [run, call]);
cost('new Function', times, (u) => `/*${u}*/${b} return x;`, [(s) => new Function('x', 'y', s), call]);
cost('eval', times, (u) => `{ let x = ${u}, y = 2; ${b} x }`, [(s) => (0, eval)(s)]);
cost('the same eval', times, () => same, [(s) => (0, eval)(s)]);
cost('the same script', times, () => same + '//', [(s) => new vm.Script(s)]);
cost('nested', times, (u) => `function o${u}(x, y) { function i() { ${b} } return i; } o${u}`, [run, call]);
const code = `function a(x, y) { ${b} return x; } function c(x, y) { ${b} return x; } a(1, 2)`;
const script = new vm.Script(code, { filename: 'cached.js' });
script.runInThisContext();
const data = script.createCachedData();
cost('cached data', times, (u) => `cached${u}.js`,
    [(filename) => new vm.Script(code, { filename, cachedData: data }), (s) => s.runInThisContext()]);
cost('without', times, (u) => `not-cached${u}.js`, [(filename) => new vm.Script(code, { filename }), (s) => s.runInThisContext()]);
