'use strict';
// What builtins, first calls and the loading of modules cost, in ns of CPU time each: the least of some rounds.
const vm = require('vm');
const fs = require('fs');
const path = require('path');
const rounds = process.env.SIMULATED ? 4 : 15;
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system; };
const ns = {};
let sink, unique = 1e6;

function measure(name, n, f) {
    let least = Infinity;
    f(n); // warms up
    for (let round = 0; round < rounds; round++) {
        const start = cpu();
        f(n);
        least = Math.min(least, cpu() - start);
    }
    ns[name] = Math.round(least / n * 1000);
}

const many = 20000, some = 3000, few = 500;
measure('Object.defineProperty of a value', many, (n) => {
    for (let i = 0; i < n; i++) { const o = {}; Object.defineProperty(o, 'x', { value: 1 }); sink = o; }
});
measure('Object.defineProperty of a getter', many, (n) => {
    const get = () => 1;
    for (let i = 0; i < n; i++) { const o = {}; Object.defineProperty(o, 'x', { get, enumerable: true }); sink = o; }
});
measure('Object.freeze', many, (n) => { for (let i = 0; i < n; i++) sink = Object.freeze({ a: 1 }); });
measure('Object.setPrototypeOf', some, (n) => {
    for (let i = 0; i < n; i++) { const p = {}; sink = Object.setPrototypeOf({}, p); }
});
measure('new Date of a number', many, (n) => { for (let i = 0; i < n; i++) sink = new Date(i * 1e6); });
measure('new Date', many, (n) => { for (let i = 0; i < n; i++) sink = new Date(); });
measure('Date.prototype.toISOString', many, (n) => {
    const date = new Date(1e12);
    for (let i = 0; i < n; i++) sink = date.toISOString();
});
measure('Date.parse', many, (n) => { for (let i = 0; i < n; i++) sink = Date.parse('2020-01-02T03:04:05.678Z'); });
measure('numbers of a Date', many, (n) => {
    for (let i = 0; i < n; i++) {
        const d = new Date(i * 1e7);
        sink = d.getHours() + d.getDate() + d.getMonth() + d.getFullYear();
    }
});
measure('encodeURIComponent', many, (n) => { for (let i = 0; i < n; i++) sink = encodeURIComponent(`a b&c=\u00fc${i}`); });
measure('decodeURIComponent', many, (n) => {
    for (let i = 0; i < n; i++) sink = decodeURIComponent('a%20b%26c%3D%C3%BC');
});
const texts = Array.from({ length: 100 }, (_, i) => `${i}${i}${i}.5`);
measure('parseInt', many, (n) => { for (let i = 0; i < n; i++) sink = parseInt(texts[i % 100], 10); });
measure('parseFloat', many, (n) => { for (let i = 0; i < n; i++) sink = parseFloat(texts[i % 100]); });
measure('Buffer.prototype.toString', many, (n) => {
    const b = Buffer.from('hello world');
    for (let i = 0; i < n; i++) sink = b.toString();
});
measure('Error.prototype.stack', some, (n) => { for (let i = 0; i < n; i++) sink = new Error('x').stack; });
measure('new Function', few, (n) => { for (let i = 0; i < n; i++) sink = new Function('a', `return a + ${unique++}`); });
measure('vm.Script', few, (n) => { for (let i = 0; i < n; i++) sink = new vm.Script(`1 + ${unique++}`); });
measure('vm.compileFunction', few, (n) => {
    for (let i = 0; i < n; i++) sink = vm.compileFunction(`return 1 + ${unique++}`);
});

// What costs by the element.
const numbers = Array.from({ length: 200 }, (_, i) => (i * 7919) % 200), doubles = numbers.map((x) => x + 0.5);
const entries = numbers.map((x) => [x, x]), set = new Set(numbers), map = new Map(entries);
const objects3 = numbers.map((x) => ({ a: x, b: 2, c: 3 }));
const half = new TextEncoder().encode('x\u00fc'.repeat(200)), decoder = new TextDecoder();
const asked = new Proxy({ a: 1 }, { get(o, name) { return o[name]; } });
const elements = {
    'new Array(n)': () => new Array(2000),
    'fill of a new Array(n)': () => new Array(2000).fill(0),
    slice: () => numbers.slice(1),
    copyWithin: () => numbers.copyWithin(0, 100),
    'Array.from of a length': () => Array.from({ length: 200 }),
    'Array.from of a Set': () => Array.from(set),
    'Array.from of a Map': () => Array.from(map),
    'spread of a Set': () => [...set],
    'new Set of numbers': () => new Set(doubles),
    'new Map of pairs': () => new Map(entries),
    'new Map of a Map': () => new Map(map),
    'new Uint8Array of a list': () => new Uint8Array(numbers),
    'sort of a Float64Array': () => new Float64Array(doubles).sort(),
    'structuredClone of a small object': () => structuredClone({ a: 1 }),
    'structuredClone of numbers': () => structuredClone(numbers),
    'structuredClone of texts': () => structuredClone(texts),
    'structuredClone of objects': () => structuredClone(objects3),
    'TextDecoder of half ASCII': () => decoder.decode(half),
    'Buffer.prototype.toString of half ASCII': () => Buffer.from(half.buffer, half.byteOffset, half.length).toString(),
    'get of a Proxy': () => { let a; for (let k = 0; k < 200; k++) a = asked.a; return a; },
    'Number of a text': () => { let a; for (let k = 0; k < 100; k++) a = Number(texts[k]); return a; },
};
for (const [name, f] of Object.entries(elements)) measure(name, few, (n) => { for (let i = 0; i < n; i++) sink = f(); });

// Functions that have not run before: a script with many is compiled, makes them, and each is called three times.
const objects = { p1: 1, p2: 2, p3: 3, p4: 4, p5: 5, p6: 6, p7: 7, p8: 8, m(x) { return x; } };
const bodies = {
    'no statement': () => '',
    'a sum': (i) => `return a + ${i};`,
    'a loop': (i) => `let s = 0; for (let i = 0; i < b; i++) { if (i % 3 === ${i % 7}) s += a; else s -= i; } return s + ${i};`,
    'eight loads': () => 'return o.p1 + o.p2 + o.p3 + o.p4 + o.p5 + o.p6 + o.p7 + o.p8;',
    'eight calls': () => 'return f(a) + f(b) + f(a) + f(b) + f(a) + f(b) + f(a) + f(b);',
    'four new names': (i) => `const o = {}; o.k${i}a = 1; o.k${i}b = 2; o.k${i}c = 3; o.k${i}d = 4; return o;`,
    'a long body': (i) => `let s = a;${Array.from({ length: 40 }, (_, k) =>
        `s = s * 3 + ${k}; if (s > 1000) s -= ${i};`).join(' ')}return s;`,
    'two literals': () => 'return { x: a, y: b, z: { q: a } };',
    'a class': () => 'class C { constructor() { this.x = a; } get y() { return this.x; } m() { return 1; } static s() {} } return C;',
    'a regular expression': (i) => `return /a${i}b/;`,
};
for (const [name, body] of Object.entries(bodies)) {
    const made = [], called = [], again = [];
    const count = 500;
    for (let round = 0; round < (process.env.SIMULATED ? 3 : 5); round++) {
        let text = '(function (o, f, s) { return [\n';
        for (let i = 0; i < count; i++) text += `function f${unique++}(a, b) { ${body(unique)} },\n`;
        text += ']; })';
        let start = cpu();
        const list = new vm.Script(text, { filename: name + round }).runInThisContext()(objects, (x) => x, 'abc');
        made.push(cpu() - start);
        start = cpu();
        for (const f of list) sink = f(3, 2);
        called.push(cpu() - start);
        for (const f of list) sink = f(3, 2);
        start = cpu();
        for (const f of list) sink = f(3, 2);
        again.push(cpu() - start);
    }
    ns[`a function is made: ${name}`] = Math.round(Math.min(...made) / count * 1000);
    ns[`first call: ${name}`] = Math.round(Math.min(...called) / count * 1000);
    if (/literals|class/.test(name)) ns[`third call: ${name}`] = Math.round(Math.min(...again) / count * 1000);
}

// Modules: node's own that are in no snapshot, and files.
const start = cpu();
for (const name of ['http', 'https', 'http2', 'zlib', 'readline', 'worker_threads', 'child_process', 'tls', 'cluster', 'dgram',
    'perf_hooks', 'vm', 'v8', 'stream/promises', 'readline/promises', 'async_hooks', 'test/reporters', 'diagnostics_channel'])
    try { require(name); } catch { /* not in this version */ }
ns["node's own modules"] = (cpu() - start) * 1000;
const folder = fs.mkdtempSync('costs-');
try {
    const fn = (i, k) => `function f${i}_${k}(a, b) { const o = { x: a, y: b }; for (let i = 0; i < a; i++) ` +
        `{ if (i % 3 === ${k}) o.x += b; else o.y -= i; } return o.x + o.y; }\n`;
    const kinds = { 'an empty module': [0, false], 'a module of 100 functions': [100, false], 'a module that calls 10': [10, true] };
    for (const [name, [functions, calls]] of Object.entries(kinds)) {
        const count = 100, files = [];
        for (let i = 0; i < count; i++) {
            let text = "'use strict';\n";
            for (let k = 0; k < functions; k++) text += fn(i, k) + (calls ? `f${i}_${k}(1, 2);\n` : `exports.f${k} = f${i}_${k};\n`);
            files.push(path.resolve(folder, `${functions}-${calls}-${i}.js`));
            fs.writeFileSync(files[i], text);
        }
        const begin = cpu();
        for (const file of files) require(file);
        ns[name] = Math.round((cpu() - begin) / count * 1000);
    }
} finally {
    fs.rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(ns));
