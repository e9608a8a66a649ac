'use strict';
// What services do all day, in ns of CPU time each: the median of some rounds, when the code is what it will be. Run it
// with --single-threaded, so that the compiler is done then, and with a semi-space that no round fills.
const util = require('util');
const crypto = require('crypto');
const { EventEmitter } = require('events');
const rounds = process.env.SIMULATED ? 3 : 15, warm = 25;
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system; };
const ns = {};

const words = Array.from({ length: 50 }, (_, i) => `w${i * 7}x`);
const numbers = Array.from({ length: 100 }, (_, i) => i * 7919 % 100), doubles = numbers.map((x) => x + 0.5);
let seed = 1;
const random = () => (seed = seed * 1103515245 + 12345 & 0x7fffffff);
const lists = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => ({ id: random(), name: `n${random()}` })));
const dictionary = Object.fromEntries(words.map((w, i) => [w, i]));
delete dictionary.w7x;
const text = 'The quick brown fox jumps over the lazy dog, and again: the quick brown fox.';
const person = { name: 'Ada', born: 1815, tags: ['a', 'b', 'c'], address: { city: 'London', code: 7 } };
const names = {
    words, numbers, doubles, lists, dictionary, text, person, util, crypto, EventEmitter,
    csv: words.join(','), long: 'abcdefghij'.repeat(100), json: JSON.stringify(person), objects: lists[0],
    three: { a: 1, b: 2, c: 3 }, four: { id: 12, name: 'x', ok: true, price: 12.5 },
    eight: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 }, date: new Date(1e12), keys: ['a', 'b', 'c', 'd'],
    url: 'https://user@example.org:81/a/b?c=1&d=2#e', buffer: Buffer.from(text), encoder: new TextEncoder(),
    floats: new Float64Array(doubles), sum: (a, b, c) => a + b + c, failure: new Error('x'),
};

// What is measured, `i` is the number of the call: how many calls a round has, and an expression.
const expressions = {
    'JSON.stringify of fractions': [100, 'JSON.stringify(doubles)'],
    'JSON.stringify of a long text': [300, 'JSON.stringify(long)'],
    'JSON.parse': [1000, 'JSON.parse(json)'],
    'JSON.parse with a function': [200, 'JSON.parse(json, (k, v) => v)'],
    'replace': [3000, "text.replace('fox', 'cat')"],
    'toUpperCase': [5000, 'words[i % 50].toUpperCase()'],
    'toLowerCase of lower case': [5000, 'words[i % 50].toLowerCase()'],
    'repeat': [5000, "'ab'.repeat(5)"],
    'padStart': [5000, "String(i).padStart(8, '0')"],
    'split of a new text': [500, "(csv + i).split(',')"],
    'split of a text again': [2000, "'a.b.c.d.e.f.g'.split('.')"],
    'spread of a text': [500, '[...text]'],
    'a fraction as text again': [2000, '(1234.5).toString()'],
    'typeof and compare': [5000, "typeof words[i % 50] === 'string'"],
    'map': [1000, 'numbers.map((x) => x + 1)'],
    'filter': [500, 'numbers.filter((x) => x & 1)'],
    'reduce': [500, 'numbers.reduce((a, b) => a + b, 0)'],
    'every': [500, 'numbers.every((x) => x >= 0)'],
    'find': [500, 'objects.find((o) => o.id < 0)'],
    'sort of numbers of objects': [100, 'lists[i].slice().sort((a, b) => a.id - b.id)'],
    'map of a typed array': [300, 'floats.map((x) => x + 1)'],
    'spreads of two arrays': [500, '[...words, ...words]'],
    'spread of an iterator': [300, '[...numbers.keys()]'],
    'spread as last arguments': [5000, 'sum(i, ...keys)'],
    'spread as 100 arguments': [3000, 'Math.max(...numbers)'],
    'unshift': [300, '(() => { const a = []; for (let k = 0; k < 20; k++) a.unshift(k); return a; })()'],
    'shift': [100, '(() => { const q = numbers.slice(); let s = 0; while (q.length) s += q.shift(); return s; })()'],
    'join of three': [3000, "['a', words[i % 50], 'c'].join('/')"],
    'for-in of 3, keys alone': [5000, '(() => { let s = 0; for (const k in three) s += k.length; return s; })()'],
    'for-in of an array': [300, '(() => { let s = 0; for (const k in words) s += k.length; return s; })()'],
    'Object.keys of a dictionary': [300, 'Object.keys(dictionary)'],
    'Reflect.ownKeys': [2000, 'Reflect.ownKeys(three)'],
    'a copy and one more': [2000, '({ ...three, d: i })'],
    'copies of two objects': [1000, '({ ...three, ...four })'],
    'the rest of an object': [2000, '(() => { const { a, ...r } = eight; return r; })()'],
    'delete': [2000, '(() => { const o = { a: 1, b: 2, c: 3 }; delete o.a; return o; })()'],
    'delete of the last': [2000, '(() => { const o = { a: 1, b: 2, c: 3 }; delete o.c; return o; })()'],
    'a computed name': [3000, '({ [words[i % 4]]: i })'],
    'a getter of a literal': [2000, '({ get a() { return i; } }).a'],
    'a class': [300, 'class { a() { return 1; } }'],
    'a throw that is caught': [300, '(() => { try { throw failure; } catch (e) { return e.message; } })()'],
    'String.raw': [1000, 'String.raw`a${i}b`'],
    'new Date of a text': [2000, "new Date('2020-01-02T03:04:05Z').getTime()"],
    'numbers of a Date again': [5000, 'date.getFullYear() + date.getMonth()'],
    'new URL': [500, 'new URL(url)'],
    'new URL with a base': [500, "new URL('/x/y?z', 'http://localhost')"],
    'parseInt of a fraction': [5000, 'parseInt(i / 3, 10)'],
    'a function of the host': [5000, 'util.types.isDate(date)'],
    'process.env': [1000, 'process.env.PATH'],
    'base64': [2000, "buffer.toString('base64')"],
    'TextEncoder': [1000, 'encoder.encode(text)'],
    'new EventEmitter': [2000, 'new EventEmitter()'],
    'an HMAC': [300, "crypto.createHmac('sha256', 'key').update('hello').digest('base64')"],
};
const hundred = 'for (let k = 0; k < 100; k++)';
const statements = {
    'await': [1000, 'last = await i'],
    'then': [500, 'last = await Promise.resolve(i).then((x) => x + 1)'],
    'tasks: nextTick': [10, `${hundred} process.nextTick(() => { last = k; }); await new Promise((r) => process.nextTick(r))`],
    'tasks: setImmediate': [10, `${hundred} setImmediate(() => { last = k; }); await new Promise((r) => setImmediate(r))`],
    'tasks: queueMicrotask': [10, `${hundred} queueMicrotask(() => { last = k; }); await null`],
};

async function measure(name, n, body) {
    const loop = new Function(...Object.keys(names), `let last; return ${body}`)(...Object.values(names));
    const times = [];
    for (let round = 0; round < warm; round++) await loop(n);
    for (let round = 0; round < rounds; round++) {
        const start = cpu();
        await loop(n);
        times.push(cpu() - start);
    }
    ns[name] = Math.round(times.sort((a, b) => a - b)[rounds >> 1] / n * 1000);
}

(async () => {
    for (const [name, [n, what]] of Object.entries(expressions))
        await measure(name, n, `(n) => { for (let i = 0; i < n; i++) last = ${what}; return last; }`);
    for (const [name, [n, what]] of Object.entries(statements))
        await measure(name, n, `async (n) => { for (let i = 0; i < n; i++) { ${what}; } }`);
    console.log(JSON.stringify(ns));
})();
