'use strict';
// What instructions cost without TurboFan, in ns of CPU time a round: loops with eight of a kind, or four.
// `instructions.js NAME ROUNDS` runs one loop, without a name all are timed.
const cpu = () => process.cpuUsage().user;
const buffer = new ArrayBuffer(65536), words = new Int32Array(buffer), halves = new Uint16Array(buffer);
const floats = new Float32Array(buffer), list = Array.from({ length: 512 }, (_, i) => i);
let global = 1, other = 2;
const point = { x: 1, y: 2 }, text = 'abcdefgh'.repeat(64);
function same(value) { return value; }
function Pair(a, b) { this.a = a; this.b = b; }
const single = { x: 1 };
const two = [{ x: 1 }, { y: 1, x: 2 }], four = [{ x: 1 }, { a: 1, x: 2 }, { b: 1, x: 3 }, { c: 1, x: 4 }];
const ofTwo = Array.from({ length: 16 }, (_, i) => two[i & 1]), ofFour = Array.from({ length: 16 }, (_, i) => four[i & 3]);
const many = Array.from({ length: 16 }, (_, i) => { const o = {}; o['p' + i] = i; o.x = i; return o; });
const ofOne = Array.from({ length: 16 }, () => single);
class Base { inherited() { return 1; } }
class Middle extends Base {}
class Leaf extends Middle { constructor() { super(); this.x = 1; } own() { return 1; } }
const leaf = new Leaf();
const classes = Array.from({ length: 16 }, (_, i) => { const C = class extends Base { m() { return i; } }; const o = new C(); o['q' + i] = 1; return o; });
const twoClasses = Array.from({ length: 16 }, (_, i) => classes[i & 1]);
const keys = ['alpha', 'beta', 'gamma', 'delta'], table = { alpha: 1, beta: 2, gamma: 3, delta: 4 };
const slow = {}; for (let i = 0; i < 2000; i++) slow['k' + i] = i; for (let i = 0; i < 100; i++) delete slow['k' + i];
const slowKeys = Object.keys(slow).slice(0, 16);
function Nothing() {}
const holder = { f: null };
const loops = {
    empty(n) { for (let i = 0; i < n; i++); },
    sums(n) { let a = 1; for (let i = 0; i < n; i++) { a = (a + i) | 0; a = (a + i) | 0; a = (a + i) | 0; a = (a + i) | 0; } return a; },
    shifts(n) { let a = 1; for (let i = 0; i < n; i++) { a = i >> 2; a = i << 2; a = i >> 2; a = i << 2; a = i >> 2; a = i << 2; a = i >> 2; a = i << 2; } return a; },
    bits(n) { let a = 1; for (let i = 0; i < n; i++) { a = i & 3; a = i & 7; a = i & 3; a = i & 7; a = i & 3; a = i & 7; a = i & 3; a = i & 7; } return a; },
    moves(n) { let a = 0, b = 0; for (let i = 0; i < n; i++) { a = b; b = a; a = b; b = a; a = b; b = a; a = b; b = a; } return a; },
    numbers(n) { let a = 0.5; for (let i = 0; i < n; i++) { a = a + 1.5; a = a + 1.5; a = a + 1.5; a = a + 1.5; a = a + 1.5; a = a + 1.5; a = a + 1.5; a = a + 1.5; } return a; },
    branches(n) { let a = 0; for (let i = 0; i < n; i++) { if (i !== 0) a = i; if (i >= 5) a = i; if (i !== 0) a = i; if (i >= 5) a = i; if (i !== 0) a = i; if (i >= 5) a = i; if (i !== 0) a = i; if (i >= 5) a = i; } return a; },
    contexts(n) { let a = 0; for (let i = 0; i < n; i++) { a = global; a = other; a = global; a = other; a = global; a = other; a = global; a = other; } return a; },
    words(n) { const h = words; let a = 0; for (let i = 0; i < n; i++) { const k = i & 511; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; } return a; },
    halves(n) { const h = halves; let a = 0; for (let i = 0; i < n; i++) { const k = i & 511; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; } return a; },
    floats(n) { const h = floats; let a = 0; for (let i = 0; i < n; i++) { const k = i & 511; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; } return a; },
    wordsStored(n) { const h = words; for (let i = 0; i < n; i++) { const k = i & 511; h[k] = i; h[k] = k; h[k] = i; h[k] = k; h[k] = i; h[k] = k; h[k] = i; h[k] = k; } },
    elements(n) { const h = list; let a = 0; for (let i = 0; i < n; i++) { const k = i & 511; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; a = h[k]; } return a; },
    elementsStored(n) { const h = list; for (let i = 0; i < n; i++) { const k = i & 511; h[k] = k; h[k] = k; h[k] = k; h[k] = k; h[k] = k; h[k] = k; h[k] = k; h[k] = k; } },
    fields(n) { const p = point; let a = 0; for (let i = 0; i < n; i++) { a = p.x; a = p.y; a = p.x; a = p.y; a = p.x; a = p.y; a = p.x; a = p.y; } return a; },
    fieldsStored(n) { const p = point; for (let i = 0; i < n; i++) { p.x = i; p.y = i; p.x = i; p.y = i; p.x = i; p.y = i; p.x = i; p.y = i; } },
    calls(n) { const f = same; let a = 0; for (let i = 0; i < n; i++) { a = f(i); a = f(i); a = f(i); a = f(i); a = f(i); a = f(i); a = f(i); a = f(i); } return a; },
    objects(n) { let a; for (let i = 0; i < n; i++) { a = { x: i, y: i }; a = { x: i, y: i }; a = { x: i, y: i }; a = { x: i, y: i }; } return a; },
    constructed(n) { let a; for (let i = 0; i < n; i++) { a = new Pair(i, i); a = new Pair(i, i); a = new Pair(i, i); a = new Pair(i, i); } return a; },
    codes(n) { const s = text; let a = 0; for (let i = 0; i < n; i++) { const k = i & 511; a = s.charCodeAt(k); a = s.charCodeAt(k); a = s.charCodeAt(k); a = s.charCodeAt(k); } return a; },
    fieldsOfOne(n) { let a = 0; for (let i = 0; i < n; i++) { const p = ofOne[i & 15]; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; } return a; },
    fieldsOfTwo(n) { let a = 0; for (let i = 0; i < n; i++) { const p = ofTwo[i & 15]; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; } return a; },
    fieldsOfFour(n) { let a = 0; for (let i = 0; i < n; i++) { const p = ofFour[i & 15]; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; } return a; },
    fieldsOfMany(n) { let a = 0; for (let i = 0; i < n; i++) { const p = many[i & 15]; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; a = p.x; } return a; },
    fieldsOfTwoStored(n) { for (let i = 0; i < n; i++) { const p = ofTwo[i & 15]; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; } },
    fieldsOfFourStored(n) { for (let i = 0; i < n; i++) { const p = ofFour[i & 15]; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; } },
    fieldsOfManyStored(n) { for (let i = 0; i < n; i++) { const p = many[i & 15]; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; p.x = i; } },
    inherited(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { a = p.own; a = p.inherited; a = p.own; a = p.inherited; a = p.own; a = p.inherited; a = p.own; a = p.inherited; } return a; },
    inheritedOfTwo(n) { let a; for (let i = 0; i < n; i++) { const p = twoClasses[i & 15]; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; } return a; },
    inheritedOfMany(n) { let a; for (let i = 0; i < n; i++) { const p = classes[i & 15]; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; a = p.m; } return a; },
    absent(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { a = p.none; a = p.none; a = p.none; a = p.none; a = p.none; a = p.none; a = p.none; a = p.none; } return a; },
    methods(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { a = p.own(); a = p.own(); a = p.own(); a = p.own(); } return a; },
    methodsOfMany(n) { let a; for (let i = 0; i < n; i++) { const p = classes[i & 15]; a = p.m(); a = p.m(); a = p.m(); a = p.m(); } return a; },
    names(n) { let a; for (let i = 0; i < n; i++) { const k = keys[i & 3]; a = table[k]; a = table[k]; a = table[k]; a = table[k]; } return a; },
    dictionary(n) { let a; for (let i = 0; i < n; i++) { const k = slowKeys[i & 15]; a = slow[k]; a = slow[k]; a = slow[k]; a = slow[k]; } return a; },
    closures(n) { let a; for (let i = 0; i < n; i++) { a = () => i; a = () => i; a = () => i; a = () => i; } return a; },
    named(n) { let a, i = 0; while (i < n) { i++; a = () => 1; a = () => 1; a = () => 1; a = () => 1; } return a; },
    blocks(n) { let a, i = 0; while (i < n) { const j = i++; if (j < 0) a = () => j; } return a; },
    lets(n) { let a; for (let i = 0; i < n; i++) { if (i < 0) a = () => i; } return a; },
    kept(n) { const p = holder; let i = 0; while (i < n) { i++; p.f = () => 1; } },
    instances(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { a = p instanceof Base; a = p instanceof Base; a = p instanceof Base; a = p instanceof Base; } return a; },
    applied(n) { const f = leaf.own, none = []; let a; for (let i = 0; i < n; i++) { a = f.call(i); a = f.call(i); a = f.apply(i, none); a = f.apply(i, none); } return a; },
    lengths(n) { const s = keys; let a; for (let i = 0; i < n; i++) { a = s.length; a = s.length; a = s.length; a = s.length; a = s.length; a = s.length; a = s.length; a = s.length; } return a; },
    equals(n) { const p = leaf, q = single; let a; for (let i = 0; i < n; i++) { a = p === q; a = p === q; a = p === q; a = p === q; a = p == q; a = p == q; a = p == q; a = p == q; } return a; },
    nulls(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { a = p == null; a = p === null; a = p == null; a = p === null; a = p == null; a = p === null; a = p == null; a = p === undefined; } return a; },
    truths(n) { const p = leaf; let a; for (let i = 0; i < n; i++) { if (p) a = i; if (p) a = i; if (p) a = i; if (p) a = i; if (p) a = i; if (p) a = i; if (p) a = i; if (p) a = i; } return a; },
    empties(n) { let a; for (let i = 0; i < n; i++) { a = new Nothing(); a = new Nothing(); a = new Nothing(); a = new Nothing(); } return a; },
};
const [name, count] = process.argv.slice(2);
if (name) {
    loops[name](Number(count));
} else {
    const ns = {}, n = 10000;
    for (const [key, loop] of Object.entries(loops)) {
        const times = [];
        loop(n);
        for (let round = 0; round < (process.env.SIMULATED ? 7 : 40); round++) {
            const start = cpu();
            loop(n);
            times.push(cpu() - start);
        }
        ns[key] = Math.round(times.sort((a, b) => a - b)[6] / n * 1e5) / 100; // the least may be cut short by a tick
    }
    console.log(JSON.stringify(ns));
}
