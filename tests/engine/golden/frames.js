// Frames: functions, methods, constructors, accessors, builtins, aliases, eval.
function foo() { return new Error('x'); }
class A {
  m() { return foo(); }
  static s() { return new A().m(); }
  constructor() { this.e = new Error('c'); }
  get g() { return foo(); }
  set w(v) { this.v = foo(); }
  ['comp' + 'uted']() { return foo(); }
  #p() { return foo(); }
  priv() { return this.#p(); }
}
class B extends A { m() { return super.m(); } constructor() { super(); this.f = foo(); } }
const o = { f() { return foo(); }, h: () => foo(), k: function () { return foo(); }, get acc() { return foo(); } };
const show = (e) => print(e.stack);
show(foo());
show(new A().m());
show(A.s());
show(new A().e);
show(new A().g);
{ const a = new A(); a.w = 1; show(a.v); }
show(new A().computed());
show(new A().priv());
show(new B().m());
show(new B().e);
show(new B().f);
show(o.f()); show(o.h()); show(o.k()); show(o.acc);
show([1].map(() => foo())[0]);
show([1].map(function cb() { return foo(); })[0]);
o.alias = o.f;
show(o.alias());
show(o.f.call(o)); show(o.f.apply({ f: 1 })); show(o.f.call(5)); show(o.f.call(null));
show(Reflect.construct(A, []).e);
show(Reflect.apply(o.k, [], []));
eval('show(foo())');
(0, eval)('show(foo())');
new Function('show', 'foo', 'show(foo())')(show, foo);
new Promise(() => show(foo()));
try { [3, 1].sort(() => { throw foo(); }); } catch (e) { show(e); }
try { [].reduce((a, b) => a); } catch (e) { show(e); }
'abc'.replace(/b/, () => show(foo()));
new Map([[1, 2]]).forEach(() => show(foo()));
JSON.stringify({ toJSON() { show(foo()); } });
JSON.parse('[1]', function () { show(foo()); });
String({ toString() { show(foo()); return ''; } });
`${{ toString() { show(foo()); return ''; } }}`;
(function () { show(foo()); })();
(() => { show(foo()); })();
(function named() { show(foo()); })();
const bound = o.f.bind(o); show(bound());
function* gen() { show(foo()); yield 1; } gen().next();
class E extends Error { constructor(m) { super(m); this.extra = 1; } }
show(new E('sub'));
function Old() { this.e = foo(); } show(new Old().e);
Old.prototype.meth = function () { return foo(); }; show(new Old().meth());
const tagged = (s) => foo(); show(tagged`a${1}b`);
print(Object.getOwnPropertyNames(new Error('m')).join());
print(JSON.stringify(Object.getOwnPropertyDescriptor(new Error('m'), 'stack'), (k, v) => k === 'value' ? 0 : v));
show(foo()); print(Object.keys(foo()).length);
function deep(n) { return n ? deep(n - 1) : foo(); } show(deep(15));
