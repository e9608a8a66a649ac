// Reflection: private symbols, kinds, previews, names.
const text = (x) => typeof x === 'symbol' ? String(x) : Array.isArray(x) ? '[' + x.map(text).join(' ') + ']' :
  typeof x === 'function' ? 'f' : typeof x === 'object' && x ? '{' + Object.keys(x) + '}' : String(x);
var steps = [];
const step = (name, fn) => steps.push(() => print(name, text(fn())));
const s = host.privateSymbol;
step('private own', () => { const o = { a: 1 }; o[s] = 5; return [o[s], s in o, Reflect.ownKeys(o).length, Object.getOwnPropertySymbols(o).length, JSON.stringify(o), s in { ...o }, s in Object.assign({}, o)]; });
step('private for-in', () => { const o = {}; o[s] = 1; const keys = []; for (const k in o) keys.push(k); return [keys, Object.entries(o).length, Object.keys(Object.getOwnPropertyDescriptors(o)).length]; });
step('private frozen', () => { const o = Object.freeze({ a: 1 }); o[s] = 5; const had = o[s]; o[s] = 6; return [had, o[s], Object.isFrozen(o)]; });
step('private preventExtensions', () => { 'use strict'; const o = Object.preventExtensions([1]); o[s] = 7; return [o[s], Object.isExtensible(o), delete o[s], o[s]]; });
step('private proxy', () => { const seen = []; const t = {}; const p = new Proxy(t, new Proxy({}, { get(_, trap) { seen.push(trap); } })); p[s] = 8; const r = [p[s], t[s], s in p, delete p[s], p[s]]; return [r, seen]; });
step('private proxy target', () => { const t = {}; t[s] = 9; return [new Proxy(t, {})[s]]; });
step('private revoked', () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy[s] = 3; return [proxy[s]]; });
step('private class', () => { class A {} A[s] = 1; class B extends A {} return [A[s], new Uint8Array(1)[s], 'abc'[s]]; });
class Foo {}
class Bar extends Foo {}
function A() {}
function B() {}
B.prototype = new A();
B.prototype.constructor = B;
const tagged = { get [Symbol.toStringTag]() { return 'getter'; } };
const named = [{}, [], new Foo(), new Bar(), Object.create(new Foo()), Object.create(null), new Map(), new B(), B.prototype, tagged,
  { [Symbol.toStringTag]: 'Tagged' }, Object.create({ [Symbol.toStringTag]: 'Inherited' }), new (class extends Map {})(), () => {},
  { constructor: Foo }, { constructor: 5 }, new Proxy(new Foo(), {}), Object.setPrototypeOf(new Foo(), null), new Date(0), Promise.resolve()];
named.forEach((value, i) => step('constructor name ' + i, () => host.constructorName(value)));
step('proxy details', () => { const t = {}, h = {}; const [a, b] = host.proxyDetails(new Proxy(t, h)); return [a === t, b === h, host.proxyDetails({}), host.proxyDetails(1)]; });
step('proxy details revoked', () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return host.proxyDetails(proxy); });
step('preview map', () => host.previewEntries(new Map([[1, 'a'], [2, 'b']])));
step('preview set', () => host.previewEntries(new Set([1, 2])));
const weakKey = { k: 1 };
step('preview weak', () => [host.previewEntries(new WeakMap([[weakKey, 2]])), host.previewEntries(new WeakSet([weakKey]))]);
step('preview iterators', () => {
  const m = new Map([[1, 'a'], [2, 'b'], [3, 'c']]);
  const all = [m.entries(), m.keys(), m.values()].map((it) => { it.next(); return host.previewEntries(it); });
  const it = m.values();
  it.next();
  m.delete(2);
  m.set(9, 'z');
  return [...all, host.previewEntries(it), it.next().value, host.previewEntries(it)];
});
step('preview set iterators', () => { const v = new Set([1, 2]); const it = v.values(); it.next(); const e = v.entries(); return [host.previewEntries(it), host.previewEntries(e), (it.next(), it.next(), host.previewEntries(it))]; });
step('preview cleared', () => { const m = new Map([[1, 2]]); const it = m.keys(); it.next(); m.clear(); m.set(5, 6); return host.previewEntries(it); });
step('preview others', () => [host.previewEntries({}), host.previewEntries([1].values())]);
const odd = Object.defineProperty([1, 2], 'hidden', { value: 1, enumerable: false });
odd.shown = 1; odd[Symbol('sym')] = 2; odd['01'] = 3; odd['-1'] = 4;
step('own non-index', () => [host.ownNonIndex(odd, false), host.ownNonIndex(odd, true)]);
step('own non-index of bytes', () => { const b = new Uint8Array(2); b.x = 1; return [host.ownNonIndex(b, true), host.ownNonIndex('ab'.constructor('ab') && Object('ab'), true)]; });
const kinds = [async () => {}, function*() {}, async function*() {}, (async function*() {})(), (function*() {})(), (function() { return arguments; })(),
  (function() { 'use strict'; return arguments; })(), new Boolean(1), Object(Symbol()), Object(1n), new Proxy({}, {}), new Proxy(() => {}, {}),
  new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), new SharedArrayBuffer(1), new Uint8Array(), new BigInt64Array(), Promise.resolve(), /x/, new Date(0),
  new Error(), new AggregateError([]), Object.create(Error.prototype), Object.setPrototypeOf(new TypeError(), null), new Map(), new Map().keys(), new Set().values(), new WeakMap(),
  new WeakSet(), new WeakRef({}), class {}, Object(''), new Number(1), [].values(), 1, 'x', null, undefined, { async m() {} }.m];
kinds.forEach((value, i) => step('kinds ' + i, () => host.kinds(value)));
