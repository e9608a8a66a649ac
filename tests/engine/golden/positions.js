// Line and column of the first frame, and messages, of what programs run into most.
var u, n = null, five = 5, obj = { a: { b: {} }, f() {} }, arr = [1];
const tries = [
  () => { u.a; }, () => { n.x; }, () => { u['k']; }, () => { u.a.b(); }, () => { u[0](); }, () => { obj.a.b.c.d; },
  () => { u.x = 1; }, () => { n['y'] = 2; }, () => { obj.q.r = 1; }, () => { u.x += 1; }, () => { u.x++; },
  () => { u(); }, () => { five(); }, () => { obj.nope(); }, () => { obj.a.nope(1, 2); }, () => { obj.a.b.nope.x(); },
  () => { obj['nope'](); }, () => { arr[3](); }, () => { obj.f()(); }, () => { obj.f().g(); }, () => { (() => {})()(); },
  () => { new u(); }, () => { new obj.f(); }, () => { new five; }, () => { new obj.nope(1); }, () => { new (() => {})(); },
  () => { nope; }, () => { nope(); }, () => { nope.x; }, () => { 'use strict'; undeclared = 1; }, () => { typeof nope; zz; let zz; },
  () => { const c = 1; c = 2; }, () => { const c = 1; c++; }, () => { 1n + 1; }, () => { 'a' in 'b'; }, () => { ({}) instanceof 5; },
  () => { ({}) instanceof (() => {}); }, () => { Symbol() + ''; }, () => { `${Symbol('s')}`; }, () => { +Symbol(); }, () => { +1n; },
  () => { for (const q of 5) ; }, () => { for (const q of u) ; }, () => { for (const q of obj) ; }, () => { [...obj]; }, () => { [...u]; },
  () => { obj.f(...5); }, () => { obj.f(...u); }, () => { new Map([1]); }, () => { new Set(5); }, () => { const [q] = {}; }, () => { const [q] = u; },
  () => { const { q } = null; }, () => { const { q } = u; }, () => { const {} = null; }, () => { (({ z }) => z)(); },
  () => { (class Q {})(); }, () => { class P { constructor() { this.x; } } class D extends P { constructor() { this.y; } } new D(); },
  () => { class D extends five {} }, () => { class D extends Object { constructor() {} } new D(); },
  () => { throw new TypeError('mine'); }, () => { throw { plain: 1 }; },
  () => { null[Symbol.iterator]; }, () => { Object.defineProperty(1, 'x', {}); }, () => { Object.setPrototypeOf(u, {}); }, () => { Object.create(5); },
  () => { Object.keys(u); }, () => { Object.entries(null); }, () => { Object.assign(null); },
  () => { 'use strict'; Object.freeze(arr).push(2); }, () => { 'use strict'; Object.freeze({ z: 1 }).z = 2; }, () => { 'use strict'; delete Object.freeze({ z: 1 }).z; },
  () => { 'use strict'; ({ get z() { return 1; } }).z = 2; }, () => { 'use strict'; Object.preventExtensions({}).z = 2; },
  () => { new Array(-1); }, () => { arr.length = -1; }, () => { 'x'.repeat(-1); }, () => { (1).toFixed(101); }, () => { (1).toString(40); }, () => { (1.5).toPrecision(101); },
  () => { new Date(NaN).toISOString(); }, () => { [].reduce((a) => a); }, () => { decodeURIComponent('%'); }, () => { BigInt(1.5); }, () => { BigInt('x'); }, () => { 1n / 0n; },
  () => { new RegExp('('); }, () => { new RegExp('a', 'zz'); }, () => { new RegExp('[b-a]'); }, () => { new RegExp('*'); }, () => { new RegExp('\\', ''); },
  () => { 'x'.matchAll(/a/); }, () => { 'x'.startsWith(/a/); }, () => { Symbol.keyFor('x'); }, () => { new Symbol(); }, () => { new Proxy({}, null); },
  () => { Promise(); }, () => { new Promise(); }, () => { new Promise(5); }, () => { Map(); }, () => { new WeakMap().set(1, 1); }, () => { new WeakSet().add('s'); },
  () => { Map.prototype.get.call({}); }, () => { Date.prototype.getTime.call({}); }, () => { Set.prototype.add.call([], 1); }, () => { new Uint8Array(-1); }, () => { new ArrayBuffer(-5); },
  () => { new Float64Array(new ArrayBuffer(7)); }, () => { new DataView(new ArrayBuffer(2)).getInt32(0); }, () => { Uint8Array(2); }, () => { new DataView(5); },
  () => { [].map(); }, () => { [].forEach(5); }, () => { [1].sort(5); }, () => { Array.from({ length: -1 }, 5); }, () => { 'x'.replaceAll(/a/, ''); }, () => { Reflect.ownKeys(1); },
  () => { JSON.stringify(1n); }, () => { const c = {}; c.a = c; JSON.stringify(c); }, () => { const c = { x: { y: [] } }; c.x.y.push(c); JSON.stringify(c); },
  () => { structured.x; }, () => { Function.prototype.call.call(5); }, () => { Reflect.construct(5); }, () => { Reflect.apply(5); }, () => { obj.f.apply(u, 5); },
  () => { super_(); function super_() { super_.x.y; } }, () => { u?.a.b; obj?.q.r; }, () => { obj.a?.nope(); }, () => { ({}).x.y.z; }, () => { arr[5].x; }, () => { arr[0][1][2]; },
  () => { 'use strict'; arguments_.callee; var arguments_; }, () => { Symbol.prototype.toString.call(1); }, () => { String.prototype.trim.call(null); }, () => { Array.prototype.map.call(null); },
  () => { (function* () {})().next.call(5); }, () => { const g = (function* () { g.next(); })(); g.next(); }, () => { new (class { #x; static t(o) { return o.#x; } }).constructor.t({}); },
];
for (const t of tries) {
  try { t(); print('no error'); } catch (e) {
    if (!(e instanceof Error)) { print('not an error', typeof e); continue; }
    const frame = e.stack.split('\n').find((l) => /^ +at .*positions\.js/.test(l)) || '';
    print(`${e.name}: ${e.message.replace(/\n/g, '\\n')} ${(/:\d+:\d+/.exec(frame) || [''])[0]}`);
  }
}
