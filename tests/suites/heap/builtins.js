// Bytes that one call of each builtin allocates, as JSON: the growth of the heap over many calls without a
// collection, in code that is not optimized. builtins.py compares what node and nsim say.
'use strict';

const v8 = require('v8');

const CALLS = 2000, WARM = 300, ROUNDS = 3;
const found = {};
let sink;

function used() {
    let sum = 0;
    for (const space of v8.getHeapSpaceStatistics()) sum += space.space_used_size;
    return sum;
}

function grown(operation, count, make) {
    gc();
    const inputs = make ? Array.from({length: count}, (_, i) => make(i + count)) : nothing;
    const before = used();
    for (let i = 0; i < count; i++) sink = operation(i, inputs[i]);
    return used() - before;
}

const nothing = new Array(CALLS).fill(0);
const idle = (i) => i;

// The least of some rounds: now and then the engine allocates for itself. The input of each call, if any, is made
// before, and young.
function measure(name, operation, input = null) {
    grown(operation, WARM, input);
    let least = Infinity;
    for (let round = 0; round < ROUNDS; round++) least = Math.min(least, grown(operation, CALLS, input));
    found[name] = Math.round(least / CALLS);
}

// -- Arrays -----------------------------------------------------------------------------------------
const numbers = Array.from({length: 100}, (_, i) => (i * 37) % 101);
const doubles = numbers.map((n) => n + 0.5);
const objects = numbers.map((n) => ({n}));
const texts = numbers.map((n) => 'text ' + n);
const ascending = (a, b) => a - b;
const add = (a, b) => a + b;

measure('array: slice of 100 smis', () => numbers.slice());
measure('array: slice of 100 doubles', () => doubles.slice());
measure('array: slice(10, 20)', () => numbers.slice(10, 20));
measure('array: sort of 100 smis, comparator', (i, a) => a.sort(ascending), () => numbers.slice());
measure('array: sort of 100 doubles, comparator', (i, a) => a.sort(ascending), () => doubles.slice());
measure('array: sort of 100 objects, comparator', (i, a) => a.sort((x, y) => x.n - y.n), () => objects.slice());
measure('array: sort of 10 smis, comparator', (i, a) => a.sort(ascending), () => numbers.slice(0, 10));
measure('array: sort of 100 sorted smis', (i, a) => a.sort(ascending), () => numbers.slice().sort(ascending));
measure('array: sort of 100 smis as texts', (i, a) => a.sort(), () => numbers.slice());
measure('array: sort of 100 strings', (i, a) => a.sort(), () => texts.slice());
measure('array: map of 100 smis', () => numbers.map((n) => n + 1));
measure('array: map of 100 to objects', () => numbers.map((n) => objects[n % 100]));
measure('array: filter of 100, half', () => numbers.filter((n) => n & 1));
measure('array: reduce of 100', () => numbers.reduce(add, 0));
measure('array: reduce of 100 doubles', () => doubles.reduce(add, 0));
measure('array: forEach of 100', () => numbers.forEach(idle));
measure('array: concat of 100 and 100', () => numbers.concat(objects));
measure('array: spread of 100', () => [...numbers]);
measure('array: spread of 100 doubles', () => [...doubles]);
measure('array: spread of a set of 100', (() => { const s = new Set(numbers); return () => [...s]; })());
measure('array: Array.from of 100', () => Array.from(numbers));
measure('array: Array.from({length: 20})', () => Array.from({length: 20}, idle));
measure('array: new Array(20).fill', () => new Array(20).fill(0));
measure('array: new Array(20).fill(0.5)', () => new Array(20).fill(0.5));
measure('array: push of 20', () => { const a = []; for (let k = 0; k < 20; k++) a.push(k); return a; });
measure('array: push of 20 doubles', () => { const a = []; for (let k = 0; k < 20; k++) a.push(k + 0.5); return a; });
measure('array: store of 20', () => { const a = []; for (let k = 0; k < 20; k++) a[k] = k; return a; });
measure('array: shift of 20', (i, a) => { while (a.length) a.shift(); }, () => numbers.slice(0, 20));
measure('array: unshift', (i, a) => a.unshift(1), () => numbers.slice(0, 20));
measure('array: splice(5, 2)', (i, a) => a.splice(5, 2), () => numbers.slice(0, 20));
measure('array: splice(5, 0, 1, 2)', (i, a) => a.splice(5, 0, 1, 2), () => numbers.slice(0, 20));
measure('array: reverse', (i, a) => a.reverse(), () => numbers.slice(0, 20));
measure('array: flat of 10 by 2', (() => { const a = numbers.slice(0, 10).map((n) => [n, n]); return () => a.flat(); })());
measure('array: flatMap of 10', (() => { const a = numbers.slice(0, 10); return () => a.flatMap((n) => [n, n]); })());
measure('array: entries of 10', (() => { const a = numbers.slice(0, 10); return () => { for (const [k, v] of a.entries()) sink = k + v; }; })());
measure('array: for-of of 100', () => { for (const n of numbers) sink = n; });
measure('array: indexOf, includes', () => numbers.indexOf(200) + numbers.includes(200));
measure('array: toSorted', () => numbers.toSorted(ascending));
measure('array: destructuring of 3', () => { const [a, b, c] = numbers; return a + b + c; });

// -- Strings ----------------------------------------------------------------------------------------
const line = (i) => `${i},name ${i},${i * 37 % 101},yes`;
const flat = (text) => (text.charCodeAt(0), text);
measure('string: join of 4', (i, a) => a.join(','), (i) => [i, 'name ' + i, (i * 37) % 101, 'yes']);
measure('string: join of 100 smis', () => numbers.join());
measure('string: join of 100 strings', () => texts.join('\n'));
measure('string: join of 100 strings, empty', () => texts.join(''));
measure('string: split by comma', (i, s) => s.split(','), (i) => flat(line(i)));
measure('string: split by comma, cons', (i, s) => s.split(','), line);
measure('string: split into characters', (i, s) => s.split(''), (i) => flat(line(i)));
measure('string: split of a long text', (i, s) => s.split('\n'), (i) => flat(texts.join('\n') + i));
measure('string: concatenation, short', (i) => 'ab' + (i % 10));
measure('string: concatenation, long', (i, s) => s + ' and more', (i) => flat('a text of some length ' + i));
measure('string: flattening', (i, s) => s.charCodeAt(3), (i) => 'a text of some length ' + i + ' and more');
measure('string: flattening of 100 parts', (i, s) => s.charCodeAt(3),
        (i) => { let s = 'begin ' + i; for (let k = 0; k < 100; k++) s += 'part '; return s; });
measure('string: += of 20 parts', (i) => { let s = ''; for (let k = 0; k < 20; k++) s += 'part '; return s; });
measure('string: index of a cons', (i, s) => s[5], (i) => 'a text of some length ' + i);
measure('string: comparison of cons', (i, s) => s < 'b text', (i) => 'a text of some length ' + i);
measure('string: equality of cons', (i, s) => s === 'a text of some length 0', (i) => 'a text of some length ' + i);
measure('string: slice, long', (i, s) => s.slice(3, 20), (i) => flat('a text of some length ' + i));
measure('string: slice, short', (i, s) => s.slice(3, 12), (i) => flat('a text of some length ' + i));
measure('string: slice of a cons', (i, s) => s.slice(3, 20), (i) => 'a text of some length ' + i);
measure('string: substring of two', (i, s) => s.substring(i % 10, i % 10 + 2), (i) => flat('a text of some length ' + i));
measure('string: trim', (i, s) => s.trim(), (i) => flat('  a text of some length ' + i + '  '));
measure('string: trim of none', (i, s) => s.trim(), (i) => flat('a text of some length ' + i));
measure('string: toUpperCase', (i, s) => s.toUpperCase(), (i) => flat('a text of some length ' + i));
measure('string: toLowerCase of lower', (i, s) => s.toLowerCase(), (i) => flat('a text of some length ' + i));
measure('string: padStart', (i) => String(i).padStart(12, '0'));
measure('string: padEnd', (i, s) => s.padEnd(12), (i) => flat('NAME' + i));
measure('string: repeat', (i) => '*'.repeat(i % 7));
measure('string: replace', (i, s) => s.replace('text', 'word'), (i) => flat('a text of some length ' + i));
measure('string: replace of none', (i, s) => s.replace('nothing', 'word'), (i) => flat('a text of some length ' + i));
measure('string: replaceAll', (i, s) => s.replaceAll('e', 'E'), (i) => flat('a text of some length ' + i));
measure('string: indexOf, startsWith', (i, s) => s.indexOf('length') + s.startsWith('a'), (i) => flat('a text of some length ' + i));
measure('string: for-of of 20', (i, s) => { for (const c of s) sink = c; }, (i) => flat('a text of some text '));
measure('string: spread of 20', (i, s) => [...s], (i) => flat('a text of some text '));
measure('string: template', (i) => `<td>${i % 100}</td>`);
measure('string: template of strings', (i, s) => `<td>${s}</td>`, (i) => flat('a text of some length ' + i));
measure('string: String of a new smi', (i) => String(i + 1e6));
measure('string: String of a double', (i) => String(i + 0.25));
measure('string: toString(16)', (i) => (i + 1e6).toString(16));
measure('string: toFixed(2)', (i) => (i / 7).toFixed(2));
measure('string: Number of a text', (i, s) => Number(s), (i) => flat(String(i + 1e6)));
measure('string: parseInt', (i, s) => parseInt(s, 10), (i) => flat(String(i + 1e6)));
measure('string: parseFloat', (i, s) => parseFloat(s), (i) => flat(String(i + 0.25)));
measure('string: two-byte concatenation', (i) => 'ж' + i);
measure('string: fromCharCode', (i) => String.fromCharCode(65 + i % 26, 66, 67));
measure('string: localeCompare', (i, s) => s.localeCompare('a text'), (i) => flat('a text of some length ' + i));
measure('string: as a key', (i, s) => ({}) [s], (i) => flat('key ' + i));

// -- Regular expressions ----------------------------------------------------------------------------
const pattern = (i) => flat('user' + i + '@example.com');
measure('regexp: test', (i, s) => /^\w+@\w+\.com$/.test(s), pattern);
measure('regexp: exec', (i, s) => /^(\w+)@(\w+)\.com$/.exec(s), pattern);
measure('regexp: match of none', (i, s) => s.match(/^(\d+)/), pattern);
measure('regexp: match, global', (i, s) => s.match(/[aeiou]/g), pattern);
measure('regexp: matchAll', (i, s) => [...s.matchAll(/[aeiou]/g)], pattern);
measure('regexp: replace', (i, s) => s.replace(/@/, ' at '), pattern);
measure('regexp: replace, global', (i, s) => s.replace(/[aeiou]/g, '*'), pattern);
measure('regexp: replace, function', (i, s) => s.replace(/[aeiou]/g, (c) => c), pattern);
measure('regexp: replace, groups', (i, s) => s.replace(/(\w+)@(\w+)/, '$2@$1'), pattern);
measure('regexp: split', (i, s) => s.split(/[@.]/), pattern);
measure('regexp: named groups', (i, s) => /(?<user>\w+)@(?<host>\w+)/.exec(s).groups.user, pattern);
measure('regexp: literal', () => /a+b/);

// -- Objects ----------------------------------------------------------------------------------------
const ten = Object.fromEntries(numbers.slice(0, 10).map((n) => ['key' + n, n]));
const many = Object.fromEntries(texts.map((t, i) => [t, i]));
measure('object: keys of 10', () => Object.keys(ten));
measure('object: values of 10', () => Object.values(ten));
measure('object: entries of 10', () => Object.entries(ten));
measure('object: keys of a dictionary of 100', () => Object.keys(many));
measure('object: entries of a dictionary of 100', () => Object.entries(many));
measure('object: spread of 10', () => ({...ten}));
measure('object: spread of 10 and one more', (i) => ({...ten, more: i}));
measure('object: spread of a dictionary of 100', () => ({...many}));
measure('object: assign of 10', () => Object.assign({}, ten));
measure('object: fromEntries of 10', (() => { const e = Object.entries(ten); return () => Object.fromEntries(e); })());
measure('object: for-in of 10', () => { for (const k in ten) sink = k; });
measure('object: for-in of a dictionary of 100', () => { for (const k in many) sink = k; });
measure('object: 100 keyed stores', () => { const o = {}; for (let k = 0; k < 100; k++) o[texts[k]] = k; return o; });
measure('object: 100 keyed stores, null prototype', () => { const o = Object.create(null); for (let k = 0; k < 100; k++) o[texts[k]] = k; return o; });
measure('object: 10 keyed stores', () => { const o = {}; for (let k = 0; k < 10; k++) o[texts[k]] = k; return o; });
measure('object: 20 indexed stores', () => { const o = {}; for (let k = 0; k < 20; k++) o[k] = k; return o; });
const slow = {}, names = texts.map((t, i) => 'name' + i);
for (const name of names) slow[name] = 1;
measure('object: values of a slow one of 100', () => Object.values(slow));
measure('object: entries of a slow one of 100', () => Object.entries(slow));
measure('object: all keys of a slow one of 100', () => Reflect.ownKeys(slow));
measure('object: for-in of a slow one of 100', () => { for (const k in slow) sink = k; });
measure('object: JSON of a slow one of 100', () => JSON.stringify(slow));
measure('object: spread of a slow one of 100', () => ({...slow}));
measure('object: assign of a slow one of 100', () => Object.assign({}, slow));
measure('object: 100 keyed stores where others went', () => { const o = {}; for (let k = 0; k < 100; k++) o[names[k]] = k; return o; });
measure('object: spread of what was stored by key', (() => {
    const o = {};
    for (let k = 0; k < 50; k++) o[names[k]] = k;
    return () => ({...o});
})());
measure('object: a literal without prototype', () => ({__proto__: null}));
measure('object: a literal without prototype, a property', () => ({__proto__: null, a: 1}));
measure('object: a key that comes and goes', (() => {
    const o = {__proto__: null, a: 1};
    return () => { o.b = 1; delete o.b; };
})());
measure('object: a property of a function', () => { const f = () => 1; f.a = 1; return f; });
measure('object: properties of a function', () => { const f = () => 1; f.a = f.b = f.c = f.d = 1; return f; });
measure('object: a property of a bound function', () => { const f = add.bind(null, 1); f.a = 1; return f; });
measure('object: delete', (i, o) => delete o.a, () => ({a: 1, b: 2, c: 3}));
measure('object: delete of the last', (i, o) => delete o.c, () => ({a: 1, b: 2, c: 3}));
measure('object: rest pattern', (i, o) => { const {a, ...rest} = o; return rest; }, () => ({a: 1, b: 2, c: 3}));
measure('object: Object.create', () => Object.create(ten));
measure('object: freeze', (i, o) => Object.freeze(o), () => ({a: 1}));
measure('object: defineProperty', (i, o) => Object.defineProperty(o, 'x', {value: 1}), () => ({a: 1}));
measure('array: length = 0', (() => { const a = []; return () => { a[0] = a[1] = 1; a.length = 0; }; })());
measure('array: a hole, length = 0', (() => { const a = []; return () => { a[1] = 1; a.length = 0; }; })());
class Derived extends Map {}
class List extends Array {}
measure('object: an instance of a class without a constructor', () => new Derived());
measure('array: new Array()', () => new Array());
measure('array: an instance of a class that extends Array', () => new List());
measure('object: catch without a binding', () => { try { throw 1; } catch { sink = 1; } });
const sloppy = new Function('return arguments;'), mapped = new Function('a', 'b', 'return arguments;');
measure('object: arguments of a sloppy function', () => sloppy(1, 2));
measure('object: arguments that parameters are mapped to', () => mapped(1, 2, 3));
measure('object: new Error behind a builtin', (() => { const one = [1]; return () => one.map(() => new Error('an error')); })());
measure('object: a literal that begins with a computed name', (i) => ({[sink ? 'x' : 'y']: i, b: 1}));
measure('object: bind', () => add.bind(null, 1));
measure('object: Proxy', () => new Proxy(ten, {}));
measure('object: new Error', () => new Error('an error'));
measure('object: Date', () => new Date(0));
measure('object: Date, toISOString', (i) => new Date(i).toISOString());
measure('object: Symbol', () => Symbol('s'));

// -- JSON -------------------------------------------------------------------------------------------
const record = (i) => ({id: i, name: 'user ' + i, score: i * 0.5, tags: ['a' + i % 7, 'b'], address: {street: 'Main ' + i, zip: 1e4 + i}, note: null});
measure('json: stringify a record', (i, o) => JSON.stringify(o), record);
measure('json: stringify 100 smis', () => JSON.stringify(numbers));
measure('json: stringify, indented', (i, o) => JSON.stringify(o, null, 1), record);
measure('json: stringify, replacer', (i, o) => JSON.stringify(o, (k, v) => v), record);
measure('json: stringify a string', (i, s) => JSON.stringify(s), (i) => flat('a "text" of some length ' + i));
measure('json: parse a record', (i, s) => JSON.parse(s), (i) => flat(JSON.stringify(record(i))));
measure('json: parse 100 smis', (i, s) => JSON.parse(s), (i) => flat(JSON.stringify(numbers)));
measure('json: parse 100 doubles', (i, s) => JSON.parse(s), (i) => flat(JSON.stringify(doubles)));
measure('json: parse strings', (i, s) => JSON.parse(s), (i) => flat(JSON.stringify(['a long string ' + i, 'short ' + i, 'a\nb' + i])));
measure('json: parse, reviver', (i, s) => JSON.parse(s, (k, v) => v), (i) => flat(JSON.stringify(record(i))));

// -- Map, Set ---------------------------------------------------------------------------------------
const map = new Map(numbers.map((n) => [n, n])), set = new Set(numbers);
measure('map: new Map', () => new Map());
measure('map: set of 100', () => { const m = new Map(); for (let k = 0; k < 100; k++) m.set(k, k); return m; });
measure('map: set and delete', (() => { const m = new Map(); return (i) => { m.set(i, i); if (i >= 100) m.delete(i - 100); }; })());
measure('map: set of doubles', () => { const m = new Map(); for (let k = 0; k < 10; k++) m.set(k + 0.5, k); return m; });
measure('map: new Map of entries', (() => { const e = Object.entries(ten); return () => new Map(e); })());
measure('map: copy of a map', () => new Map(map));
measure('map: for-of of 100', () => { for (const [k, v] of map) sink = k + v; });
measure('map: forEach of 100', () => map.forEach(idle));
measure('map: spread of 100', () => [...map]);
measure('map: keys of 100', () => { for (const k of map.keys()) sink = k; });
measure('set: add of 100', () => { const s = new Set(); for (let k = 0; k < 100; k++) s.add(k); return s; });
measure('set: new Set of an array', () => new Set(numbers));
measure('set: for-of of 100', () => { for (const v of set) sink = v; });
measure('set: deletion while it is walked', (i, s) => { for (const v of s) if (v % 3 === 0) s.delete(v); }, () => new Set(numbers));
measure('weakmap: set of 100', (() => { const o = objects.slice(0, 100); return () => { const w = new WeakMap(); for (const x of o) w.set(x, 1); return w; }; })());
measure('weakset: add of 10', (() => { const o = objects.slice(0, 10); return () => { const w = new WeakSet(); for (const x of o) w.add(x); return w; }; })());
measure('weakref', () => new WeakRef(ten));

// -- BigInt -----------------------------------------------------------------------------------------
const big = 12345678901234567890123456789n;
measure('bigint: addition, short', (i, b) => b + 1n, (i) => BigInt(i));
measure('bigint: addition, long', (i, b) => b + big, (i) => big + BigInt(i));
measure('bigint: product, short', (i, b) => b * b, (i) => BigInt(i));
measure('bigint: product, long', (i, b) => b * big, (i) => big + BigInt(i));
measure('bigint: remainder, short', (i, b) => b % 1000n, (i) => BigInt(i));
measure('bigint: remainder, long', (i, b) => b % 98765432109876543210n, (i) => big + BigInt(i));
measure('bigint: quotient, long', (i, b) => b / 98765432109876543210n, (i) => big + BigInt(i));
measure('bigint: shift right', (i, b) => b >> 1n, (i) => BigInt(i));
measure('bigint: shift left', (i, b) => b << 70n, (i) => BigInt(i));
measure('bigint: and', (i, b) => b & 1n, (i) => BigInt(i));
measure('bigint: increment', (i, b) => ++b, (i) => BigInt(i));
measure('bigint: exponent', (i, b) => b ** 3n, (i) => BigInt(i));
measure('bigint: comparison', (i, b) => b > 5n, (i) => BigInt(i));
measure('bigint: toString, short', (i, b) => b.toString(), (i) => BigInt(i));
measure('bigint: toString, long', (i, b) => b.toString(), (i) => big ** 20n + BigInt(i));
measure('bigint: BigInt(number)', (i) => BigInt(i));
measure('bigint: BigInt(text)', (i, s) => BigInt(s), (i) => flat('123456789012345678901234567890' + i));
measure('bigint: Number', (i, b) => Number(b), (i) => BigInt(i));
measure('bigint: asUintN', (i, b) => BigInt.asUintN(64, b), (i) => big + BigInt(i));

// -- Buffers and typed arrays -----------------------------------------------------------------------
measure('buffer: Buffer.alloc(1000)', () => Buffer.alloc(1000));
measure('buffer: Buffer.alloc(1000, 1)', () => Buffer.alloc(1000, 1));
measure('buffer: Buffer.allocUnsafe(10)', () => Buffer.allocUnsafe(10));
measure('buffer: Buffer.from(text)', (i, s) => Buffer.from(s), (i) => flat('a text of some length ' + i));
measure('buffer: toString', (i, b) => b.toString(), (i) => Buffer.from('a text of some length ' + i));
measure('buffer: slice', (i, b) => b.slice(2, 10), (i) => Buffer.from('a text of some length ' + i));
measure('buffer: concat', (i, b) => Buffer.concat([b, b]), (i) => Buffer.from('a text of some length ' + i));
measure('typed array: Uint8Array(16)', () => new Uint8Array(16));
measure('typed array: Uint8Array(1000)', () => new Uint8Array(1000));
measure('typed array: Float64Array of an array', () => new Float64Array(numbers));
measure('typed array: subarray', (i, a) => a.subarray(1, 5), () => new Uint8Array(16));
measure('typed array: DataView', (i, a) => new DataView(a.buffer), () => new Uint8Array(16));
measure('typed array: ArrayBuffer', () => new ArrayBuffer(100));
measure('typed array: element of doubles', (() => { const a = new Float64Array(4); return (i) => a[i & 3]; })());

console.log(JSON.stringify(found));
