// Names of functions from the members that they are assigned to.
function where() { return new Error('x').stack.split('\n')[2].trim().replace(/\(.*/, ''); }
const a = {}; a.p = {}; a.b = function () { return where(); };
print((0, a.b)(), '|', a.b(), '|', a.b.name === '');
a.p.c = () => where(); print((0, a.p.c)(), '|', a.p.c());
function Foo() { this.m = function () { return where(); }; this.q = () => where(); }
Foo.prototype.bar = function () { return where(); };
Foo.prototype['baz-q'] = function () { return where(); };
Foo.prototype['ok'] = async function () { print(where()); };
const f = new Foo(); print(f.m(), '|', f.q(), '|', f.bar(), '|', f['baz-q']()); f.ok();
const i = 1; a[i] = function () { return where(); }; print(a[i](), '|', (0, a[i])());
a[7] = function () { return where(); }; print(a[7]());
a.w = ((x) => x)(function () { return where(); }); print((0, a.w)());
a.iife = (function () { return where(); })(); print(a.iife);
let v; v = a.z = function () { return where(); }; print(v());
class K { constructor() { this.arrow = () => where(); } static s() { this.t = function () { return where(); }; return this.t(); } }
print(new K().arrow(), '|', K.s());
a.b.c = function () { return (() => where())(); }; print(a.b.c());
a?.b; a.named = function nm() { return where(); }; print(a.named());
a.gen = function* () { yield where(); }; print(a.gen().next().value);

