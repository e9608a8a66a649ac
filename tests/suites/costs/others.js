'use strict';
// What builtins cost with other inputs, sizes and callers than those that their prices were measured on, in ns of CPU
// time each: the least of some rounds.
const fs = require('fs');
const util = require('util');
const rounds = process.env.SIMULATED ? 1 : 15;
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system; };
const ns = {};
let sink;

function measure(name, n, f) {
    let least = Infinity;
    for (let i = 0; i < 3; i++) f(n); // warms up
    for (let round = 0; round < rounds; round++) {
        const start = cpu();
        f(n);
        least = Math.min(least, cpu() - start);
    }
    ns[name] = Math.round(least / n * 1000);
}
const each = (name, n, f) => measure(name, n, (count) => { for (let i = 0; i < count; i++) sink = f(i); });

const person = { name: 'Ada', born: 1815, tags: ['a', 'b', 'c'], address: { city: 'London', code: 7 } };
const many = Array.from({ length: 300 }, (_, i) => i * 3 % 101);
const words = Array.from({ length: 50 }, (_, i) => `w${i * 7}x`);
const pairs = words.map((w, i) => [w, i]);
const eight = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 };
const wide = Object.fromEntries(pairs.slice(0, 20));
each('util.inspect of an object', 1000, () => util.inspect(person));
each('new URL', 3000, (i) => new URL(`https://example.org:81/a/b?c=${i}#d`));
each('Reflect.ownKeys of 20', 5000, () => Reflect.ownKeys(wide));
sink = Object.keys(wide); // so that the hidden class has its list of keys
each('Object.entries of 20', 5000, () => Object.entries(wide));
each('Object.assign of 8', 10000, () => Object.assign({}, eight));
each('Object.fromEntries of 10', 2000, () => Object.fromEntries(pairs.slice(0, 10)));
each('new Set of 300 numbers', 500, () => new Set(many));
each('Symbol(text)', 20000, () => Symbol('text'));
each('rest of an object', 5000, () => { const { name, ...rest } = person; return rest; });
each('rest of an array', 20000, () => { const [first, ...rest] = words; return rest; });
each('flatMap with one each', 2000, () => words.flatMap((w) => [w]));
each('flat', 1000, () => pairs.flat());
each('splice', 10000, () => words.slice().splice(10, 5, 'x', 'y'));
each('normalize of 40 characters', 5000, (i) => `e\u0301t\u00e9 and a longer text that stays as it was ${i}`.normalize('NFD'));
each('toUpperCase of 60 characters', 10000, (i) => `the quick brown fox jumps over the lazy dog again and ag${i}`.toUpperCase());
each('localeCompare', 10000, (i) => 'abc'.localeCompare(`abd${i}`));
each('querystring.parse', 3000, (i) => require('querystring').parse(`a=1&b=${i}&c=%20x`));
each('Buffer.alloc(64)', 10000, () => Buffer.alloc(64));
each('Buffer.concat', 5000, () => Buffer.concat([Buffer.from('ab'), Buffer.from('cd')]));
each('base64', 5000, () => Buffer.from('some more text to be encoded').toString('base64'));
each('JSON.stringify', 3000, () => JSON.stringify(person));
each('JSON.parse', 3000, () => JSON.parse('{"name":"Ada","born":1815,"tags":["a","b"],"address":{"city":"London"}}'));
each('toFixed', 10000, (i) => (i / 7).toFixed(2));
each('toLocaleString', 1000, (i) => i.toString(36));
const folder = fs.mkdtempSync('others-');
try {
    for (let i = 0; i < 7; i++) fs.writeFileSync(`${folder}/file${i}`, 'x'.repeat(100 * i));
    each('fs.existsSync', 2000, () => fs.existsSync(`${folder}/file9`));
    each('fs.readFileSync', 1000, () => fs.readFileSync(`${folder}/file5`, 'utf8'));
} finally {
    fs.rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(ns));
