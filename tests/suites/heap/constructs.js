// flags: --max-semi-space-size=64 --min-semi-space-size=64 --expose-gc
'use strict';
// What each of these constructs allocates, in bytes for each turn of its loop, once it is optimized. Compared with
// the real node by constructs.py. An argument picks those whose name contains it.
const constructs = {
  empty: () => n => { let s = 0; for (let i = 0; i < n; i++) s += i; return s; },
  'sum of doubles': () => n => { let s = 0; for (let i = 0; i < n; i++) s += i * 0.5; return s; },
  'addition of anything': () => {
    const plus = (a, b) => a + b;
    for (const [a, b] of [[1, 2], ['a', 'b'], [undefined, 1]]) for (let i = 0; i < 200; i++) plus(a, b);
    const values = [undefined, undefined];
    return n => { let s = 0; for (let i = 0; i < n; i++) if (plus(values[i & 1], i) === 0) s++; return s; };
  },
  'double that a loop carries': () => {
    function f(n, s) { for (let i = 0; i < n; i++) s = s * 0.5 + 0.3; return s; }
    return n => f(n, 0.5);
  },
  'double that a loop with a loop in it carries': () => {
    function f(n, s) {
      let x = 0;
      for (let i = 0; i < n; i++) { s = s * 0.5 + 0.3; for (let k = 0; k < 3; k++) x += k; }
      return s + x;
    }
    return n => f(n, 0.5);
  },
  'double that a loop with instanceof carries': () => {
    class T {}
    const values = [new T(), {}];
    function f(n, s) { for (let i = 0; i < n; i++) s += values[i & 1] instanceof T ? 0.25 : 0.5; return s; }
    return n => f(n, 0.3);
  },
  'double that a loop with an inlined function that throws carries': () => {
    function half(i) { if (i < 0) throw i; return i * 0.1234567; }
    function f(n, s) { for (let i = 0; i < n; i++) s = s * 0.5 + half(i); return s; }
    return n => f(n, 0.5);
  },
  'double that a loop which throws carries': () => {
    function f(n, s, stop) { for (let i = 0; i < n; i++) { if (i === stop) throw i; s = s * 0.5 + 0.3; } return s; }
    return n => f(n, 0.5, -1);
  },
  'double that a loop with a way that never ran carries': () => {
    function f(n, s) { for (let i = 0; i < n; i++) { s = s * 0.5 + 0.3; if (i < 0) s += f.never; } return s; }
    return n => f(n, 0.5);
  },
  'double that a loop with an inlined way that never ran carries': () => {
    function half(i) { if (i < 0) return i.never; return i * 0.1234567; }
    function f(n, s) { for (let i = 0; i < n; i++) s = s * 0.5 + half(i); return s; }
    return n => f(n, 0.5);
  },
  'double that a loop which is left at two places carries': () => {
    function f(n, s, stop) { for (let i = 0; i < n; i++) { if (i === stop) break; s = s * 0.5 + 0.3; } return s; }
    return n => f(n, 0.5, -1);
  },
  'double that a loop which is left behind an assignment carries': () => {
    function f(n, s, stop) { for (let i = 0; i < n; i++) { s = s * 0.5 + 0.3; if (i === stop) break; } return s; }
    return n => f(n, 0.5, -1);
  },
  'double that a loop with a test of a variable carries': () => {
    let half = 1;
    function f(n, s) { for (let i = 0; i < n; i++) s = s * half + 0.3; return s; }
    half = 0.5;
    return n => f(n, 0.5);
  },
  'getter of integer': () => {
    class P { constructor() { this.v = 1; } get x() { return this.v + 1; } }
    const p = new P();
    return n => { let s = 0; for (let i = 0; i < n; i++) s = (s + p.x) | 0; return s; };
  },
  'getter of double': () => {
    class P { constructor() { this.v = 1.5; } get x() { return this.v + 1; } }
    const p = new P();
    return n => { let s = 0; for (let i = 0; i < n; i++) s += p.x; return s; };
  },
  'setter of double': () => {
    class P { constructor() { this.v = 1.5; } set x(v) { this.v = v; } }
    const p = new P();
    return n => { for (let i = 0; i < n; i++) p.x = i + 0.5; return p.v; };
  },
  'double field +=': () => {
    const o = { a: 1.5, b: 2.5 };
    return n => { for (let i = 0; i < n; i++) o.a += o.b; return o.a; };
  },
  'double field = local': () => {
    const o = { a: 1.5 };
    return n => { let v = 0.5; for (let i = 0; i < n; i++) { v += 1; o.a = v; } return o.a; };
  },
  'object with double': () => {
    let last;
    const run = n => { for (let i = 0; i < n; i++) last = { a: i + 0.5 }; return last; };
    return run;
  },
  'object with two doubles': () => {
    let last;
    return n => { for (let i = 0; i < n; i++) last = { a: i + 0.5, b: i * 0.25 }; return last; };
  },
  'object of integers': () => {
    let last;
    return n => { for (let i = 0; i < n; i++) last = { h: i, k: i }; return last; };
  },
  'object that does not escape': () => n => {
    let s = 0;
    for (let i = 0; i < n; i++) { const o = { left: i, right: i }; s += o.left + o.right; }
    return s;
  },
  'instance that does not escape': () => {
    class V { constructor(x, y) { this.x = x; this.y = y; } len() { return this.x * this.x + this.y * this.y; } }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += new V(i, 1).len(); return s; };
  },
  'instance with fewer properties than the first ones': () => {
    class T { constructor(more) { this.a = 1; if (more) { this.b = 2; this.c = 3; this.d = 4; } } }
    for (let i = 0; i < 20; i++) new T(true);
    let last;
    return n => { for (let i = 0; i < n; i++) last = new T(false); return last; };
  },
  'instance with more properties than the first ones': () => {
    class T { constructor(more) { this.a = 1; if (more) { this.b = 2; this.c = 3; this.d = 4; this.e = 5; } } }
    for (let i = 0; i < 20; i++) new T(false);
    let last;
    return n => { for (let i = 0; i < n; i++) last = new T(true); return last; };
  },
  'method that makes an instance': () => {
    class V { constructor(x, y) { this.x = x; this.y = y; } plus(o) { return new V(this.x + o.x, this.y + o.y); } }
    return n => { let s = 0; const a = new V(1, 2), b = new V(3, 4); for (let i = 0; i < n; i++) s += a.plus(b).x; return s; };
  },
  'two methods that make instances': () => {
    class V {
      constructor(x, y) { this.x = x; this.y = y; }
      plus(o) { return new V(this.x + o.x, this.y + o.y); }
      times(k) { return new V(this.x * k, this.y * k); }
    }
    return n => { let s = 0; const a = new V(1, 2); for (let i = 0; i < n; i++) s += a.plus(a).times(2).x; return s; };
  },
  'instance of doubles that escapes': () => {
    class V { constructor(x, y) { this.x = x; this.y = y; } }
    let last;
    return n => { for (let i = 0; i < n; i++) last = new V(i + 0.5, i * 0.5); return last; };
  },
  'array literal that escapes': () => {
    let last;
    return n => { for (let i = 0; i < n; i++) last = [i, i + 1]; return last; };
  },
  'array literal of doubles': () => {
    let last;
    return n => { for (let i = 0; i < n; i++) last = [i + 0.5, 1.5]; return last; };
  },
  'array literal that does not escape': () => n => {
    let s = 0;
    for (let i = 0; i < n; i++) { const [a, b] = [i, 1]; s += a + b; }
    return s;
  },
  'push of integers': () => n => { const a = []; for (let i = 0; i < n; i++) a.push(i); return a.length; },
  'push of doubles': () => n => { const a = []; for (let i = 0; i < n; i++) a.push(i + 0.5); return a.length; },
  'array of ten': () => { let last; return n => { for (let i = 0; i < n; i++) { const a = []; for (let k = 0; k < 10; k++) a.push(k); last = a; } return last; }; },
  'double element': () => { const a = [1.5, 2.5, 3.5]; return n => { for (let i = 0; i < n; i++) a[i % 3] = a[(i + 1) % 3] + 0.5; return a[0]; }; },
  'double in a mixed array': () => { const a = [{}, 2.5, 'x']; return n => { for (let i = 0; i < n; i++) a[1] = i + 0.5; return a[1]; }; },
  'captured double': () => { let v = 0.5; return n => { for (let i = 0; i < n; i++) v += 0.5; return v; }; },
  'captured integer': () => { let v = 0; return n => { for (let i = 0; i < n; i++) v = (v + 1) | 0; return v; }; },
  'captured large integer': () => { let v = 0; return n => { for (let i = 0; i < n; i++) v = v + 3000000000; return v; }; },
  'call of a small function with doubles': () => {
    const f = (a, b) => a * b + 0.5;
    return n => { let s = 0; for (let i = 0; i < n; i++) s += f(s * 0.5, 1.5); return s; };
  },
  'call of a large function with doubles': () => {
    function g(a, b, d) { return d > 0 ? g(b, a, d - 1) + 0.5 : a * b; }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += g(i + 0.5, 1.5, 3); return s; };
  },
  'recursion on integers': () => {
    function fib(k) { return k < 2 ? k : fib(k - 1) + fib(k - 2); }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += fib(5); return s; };
  },
  'try without throw': () => n => { let s = 0; for (let i = 0; i < n; i++) { try { s += i; } catch { s = 0; } } return s; },
  'throw of an Error': () => n => {
    let s = 0;
    for (let i = 0; i < n; i++) { try { throw new Error('x'); } catch (e) { s += e.message.length; } }
    return s;
  },
  'throw of a number': () => n => {
    let s = 0;
    for (let i = 0; i < n; i++) { try { throw i; } catch (e) { s += e; } }
    return s;
  },
  'throw in a callee': () => {
    function check(i) { if (i >= 0) throw new RangeError('bad ' + (i & 7)); return i; }
    return n => { let s = 0; for (let i = 0; i < n; i++) { try { s += check(i); } catch (e) { s += 1; } } return s; };
  },
  'new Error': () => { let last; return n => { for (let i = 0; i < n; i++) last = new Error('abc'); return last; }; },
  'class that extends Error': () => { class E extends Error { constructor(m) { super(m); this.name = 'E'; } } let last; return n => { for (let i = 0; i < n; i++) last = new E('abc'); return last; }; },
  'rest parameters': () => {
    function sum(...a) { let s = 0; for (let i = 0; i < a.length; i++) s += a[i]; return s; }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += sum(1, 2, i); return s; };
  },
  'rest parameters, for-of': () => {
    function sum(...a) { let s = 0; for (const v of a) s += v; return s; }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += sum(1, 2, i); return s; };
  },
  'arguments, strict': () => {
    function sum() { let s = 0; for (let i = 0; i < arguments.length; i++) s += arguments[i]; return s; }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += sum(1, 2, i); return s; };
  },
  'arguments that escape': () => {
    let last;
    function keep() { last = arguments; return 1; }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += keep(1, 2, i); return s + last.length; };
  },
  'spread call': () => {
    function sum(a, b, c) { return a + b + c; }
    const list = [1, 2, 3];
    return n => { let s = 0; for (let i = 0; i < n; i++) s += sum(...list); return s; };
  },
  'spread of array': () => { const list = [1, 2, 3]; let last; return n => { for (let i = 0; i < n; i++) last = [...list, i]; return last; }; },
  'apply of arguments': () => {
    function sum(a, b, c) { return a + b + c; }
    function forward() { return sum.apply(null, arguments); }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += forward(1, 2, i); return s; };
  },
  'rest handed on': () => {
    function sum(a, b, c) { return a + b + c; }
    function forward(...a) { return sum(...a); }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += forward(1, 2, i); return s; };
  },
  'closure that escapes': () => { let last; return n => { for (let i = 0; i < n; i++) { const k = i; last = () => k; } return last; }; },
  'closure that does not escape': () => n => { let s = 0; for (let i = 0; i < n; i++) { const k = i; const f = () => k; s += f(); } return s; },
  'closure factory': () => {
    const adder = a => b => a + b;
    let last;
    return n => { let s = 0; for (let i = 0; i < n; i++) { last = adder(i); s += last(1); } return s; };
  },
  'closure that writes': () => n => { let s = 0; for (let i = 0; i < n; i++) { const f = () => { s += i; }; f(); } return s; },
  'class that names itself': () => {
    class V { constructor(x) { this.x = x; } next() { return new V(this.x + 1); } }
    return n => { let s = 0; for (let i = 0; i < n; i++) s += new V(i).next().x; return s; };
  },
  'spread of a local array': () => {
    function sum(...a) { let s = 0; for (let i = 0; i < a.length; i++) s += a[i]; return s; }
    return n => { const local = [1, 2, 3]; let s = 0; for (let i = 0; i < n; i++) s += sum(...local); return s; };
  },
  'forEach': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) list.forEach(v => { s += v; }); return s; }; },
  'map': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) s += list.map(v => v + 1).length; return s; }; },
  'filter': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) s += list.filter(v => v > 2).length; return s; }; },
  'reduce': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) s += list.reduce((a, v) => a + v, 0); return s; }; },
  'slice': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) s += list.slice(1, 3).length; return s; }; },
  'indexOf': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) s += list.indexOf(3); return s; }; },
  'for of array': () => { const list = [1, 2, 3, 4]; return n => { let s = 0; for (let i = 0; i < n; i++) for (const v of list) s += v; return s; }; },
  'for in': () => { const o = { a: 1, b: 2 }; return n => { let s = 0; for (let i = 0; i < n; i++) for (const k in o) s += o[k]; return s; }; },
  'Object.keys': () => { const o = { a: 1, b: 2 }; return n => { let s = 0; for (let i = 0; i < n; i++) s += Object.keys(o).length; return s; }; },
  'Object.entries': () => { const o = { a: 1, b: 2 }; return n => { let s = 0; for (let i = 0; i < n; i++) s += Object.entries(o).length; return s; }; },
  'object spread': () => { const o = { a: 1, b: 2 }; let last; return n => { for (let i = 0; i < n; i++) last = { ...o, c: i }; return last; }; },
  'Object.assign': () => { const o = { up: 1, down: 2 }; let last; return n => { for (let i = 0; i < n; i++) last = Object.assign({}, o); return last; }; },
  'rest of an object': () => {
    const f = ({ width = 1, ...rest }) => width + (rest.depth | 0);
    return n => { let s = 0; for (let i = 0; i < n; i++) s += f({ height: 4, depth: i }); return s; };
  },
  'integer in a field of doubles': () => {
    const o = { wide: 0.5 };
    let last = o;
    return n => { for (let i = 0; i < n; i++) last = { wide: i }; return last.wide; };
  },
  'properties added': () => { let last; return n => { for (let i = 0; i < n; i++) { const o = {}; o.first = i; o.second = i; o.third = i; last = o; } return last; }; },
  'six properties added': () => { let last; return n => { for (let i = 0; i < n; i++) { const o = {}; o.p1 = i; o.p2 = i; o.p3 = i; o.p4 = i; o.p5 = i; o.p6 = i; last = o; } return last; }; },
  'computed property': () => { const key = 'k'; let last; return n => { for (let i = 0; i < n; i++) last = { [key]: i }; return last; }; },
  'generator': () => {
    function* g(k) { for (let i = 0; i < k; i++) yield i; }
    return n => { let s = 0; for (let i = 0; i < n; i++) for (const v of g(3)) s += v; return s; };
  },
  'string concatenation': () => { let last; return n => { for (let i = 0; i < n; i++) last = 'abcdefghijklm' + (i & 7); return last; }; },
  'template': () => { let last; return n => { for (let i = 0; i < n; i++) last = `abcdefghijklm ${i & 7} x`; return last; }; },
  'charAt': () => { const t = 'abcdefgh'; return n => { let s = 0; for (let i = 0; i < n; i++) s += t.charAt(i & 7).length; return s; }; },
  'charCodeAt': () => { const t = 'abcdefgh'; return n => { let s = 0; for (let i = 0; i < n; i++) s += t.charCodeAt(i & 7); return s; }; },
  'Math.sqrt': () => n => { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; },
  'Math.floor': () => n => { let s = 0; for (let i = 0; i < n; i++) s += Math.floor(i / 3); return s; },
  'Math.max': () => n => { let s = 0; for (let i = 0; i < n; i++) s = Math.max(s, i + 0.5); return s; },
  'Map set and get': () => { const m = new Map(); return n => { let s = 0; for (let i = 0; i < n; i++) { m.set(i & 63, i); s += m.get(i & 63); } return s; }; },
  'new Map': () => { let last; return n => { for (let i = 0; i < n; i++) last = new Map(); return last; }; },
  'new Array(4)': () => { let last; return n => { for (let i = 0; i < n; i++) last = new Array(4); return last; }; },
  'doubles in new Array(20)': () => n => {
    let last;
    for (let i = 0; i < n; i++) {
      last = new Array(20);
      for (let k = 0; k < 20; k++) last[k] = k < 10 ? k : k + 0.5;
    }
    return last;
  },
  'doubles in large new Array': () => n => {
    let last;
    for (let i = 0; i < n; i += 1000) {
      last = new Array(20000);
      for (let k = 0; k < 20000; k += 10) last[k] = k < 10000 ? k : k + 0.5;
    }
    return last;
  },
  'Float64Array element': () => { const a = new Float64Array(4); return n => { for (let i = 0; i < n; i++) a[i & 3] += 0.5; return a[0]; }; },
  'private field': () => { class P { #v = 0; step() { this.#v += 1; return this.#v; } } const p = new P(); return n => { let s = 0; for (let i = 0; i < n; i++) s = p.step(); return s; }; },
  'private double field': () => { class P { #v = 0.5; step() { this.#v += 0.5; return this.#v; } } const p = new P(); return n => { let s = 0; for (let i = 0; i < n; i++) s = p.step(); return s; }; },
  'bound function': () => { const f = function (a) { return a + 1; }.bind(null); return n => { let s = 0; for (let i = 0; i < n; i++) s = f(i); return s; }; },
  'derived class': () => { class A { constructor(x) { this.x = x; } } class B extends A { constructor(x) { super(x); this.y = x; } } let last; return n => { for (let i = 0; i < n; i++) last = new B(i); return last; }; },
  'destructured parameter': () => { const f = ({ from, to }) => from + to; return n => { let s = 0; for (let i = 0; i < n; i++) s += f({ from: i, to: 1 }); return s; }; },
  'default parameter object': () => { function f(o = {}) { return o.k === undefined ? 1 : 2; } return n => { let s = 0; for (let i = 0; i < n; i++) s += f(); return s; }; },
  'returned pair': () => { function two(a) { return [a, a + 1]; } return n => { let s = 0; for (let i = 0; i < n; i++) { const [x, y] = two(i); s += x + y; } return s; }; },
  'returned object': () => { function two(a) { return { x: a, y: a + 1 }; } return n => { let s = 0; for (let i = 0; i < n; i++) { const { x, y } = two(i); s += x + y; } return s; }; },
  'conditional objects': () => n => { let s = 0; for (let i = 0; i < n; i++) { const o = i & 1 ? { v: 1 } : { v: 2 }; s += o.v; } return s; },
  'emit': () => { const E = require('events'); const e = new E(); let s = 0; e.on('x', v => { s += v; }); return n => { for (let i = 0; i < n; i++) e.emit('x', i); return s; }; },
  'emit, two listeners': () => { const E = require('events'); const e = new E(); let s = 0; e.on('x', v => { s += v; }); e.on('x', v => { s -= v; }); return n => { for (let i = 0; i < n; i++) e.emit('x', i); return s; }; },
  'on and off': () => { const E = require('events'); const e = new E(); const f = () => {}; return n => { for (let i = 0; i < n; i++) { e.on('x', f); e.off('x', f); } return 0; }; },
};

const turns = 10000, calm = () => new Promise(done => setTimeout(done, 2));
function used() { return process.memoryUsage().heapUsed; }
function bytes(run) {
  const a = used();
  run(turns);
  const b = used();
  run(0);
  const c = used();
  return (b - a - (c - b)) / turns;
}
async function main() {
  const only = process.argv[2];
  used();
  for (const [name, make] of Object.entries(constructs)) {
    if (only && !name.includes(only)) continue;
    const run = make();
    for (let i = 0; i < 16; i++) {
      run(700);
      await calm();
    }
    gc();
    let least = Infinity;
    for (let i = 0; i < 3; i++) least = Math.min(least, bytes(run));
    console.log(`${name}\t${least.toFixed(1)}`);
  }
}
main();
