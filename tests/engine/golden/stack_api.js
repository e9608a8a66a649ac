// captureStackTrace, stackTraceLimit, prepareStackTrace, call sites, when the text is made.
const first = (e) => e.stack.split('\n')[0];
{ const e = new Error('a'); e.message = 'b'; print(first(e)); }
{ const e = new Error('a'); print(first(e)); e.message = 'b'; print(first(e)); }
{ const e = new Error('a'); e.name = 'Q'; print(first(e)); }
class Y extends Error { get name() { return 'Yn'; } } print(first(new Y('q')));
{ const o = { name: 'N', message: 'M' }; Error.captureStackTrace(o); print(o.stack); }
{ const o = {}; Error.captureStackTrace(o); print(o.stack); print(Object.getOwnPropertyNames(o)); }
function outer() { return middle(); }
function middle() { return inner(); }
function inner() { const o = {}; Error.captureStackTrace(o, middle); return o.stack; }
print(outer());
{ const o = {}; Error.captureStackTrace(o, function never() {}); print(o.stack); }
function Thing() { Error.captureStackTrace(this, Thing); } print(new Thing().stack);
try { Error.captureStackTrace(Object.freeze({})); } catch (e) { print(e.message); }
try { Error.captureStackTrace(1); } catch (e) { print(e.message); }
Error.stackTraceLimit = 1; print(outer()); print(new Error('l').stack);
Error.stackTraceLimit = 0; print(new Error('l').stack);
Error.stackTraceLimit = -1; print(new Error('l').stack);
Error.stackTraceLimit = 2.9; function r(n) { return n ? r(n - 1) : new Error('r'); } print(r(5).stack);
Error.stackTraceLimit = 10;
let calls = 0;
Error.prepareStackTrace = (e, sites) => { calls++; return sites; };
{ const e = new Error('z'); print(calls); print(Array.isArray(e.stack), calls); e.stack; print(calls); }
{ const o = {}; Error.captureStackTrace(o); print(calls); o.stack; o.stack; print(calls); }
class K { m() { return new Error('k').stack; } static s() { return new Error('s').stack; } }
function describe(s) {
  print(s.getFileName(), s.getLineNumber(), s.getColumnNumber(), s.getFunctionName(), s.getTypeName(), s.getMethodName(),
    s.isNative(), s.isToplevel(), s.isConstructor(), s.isEval(), s.isAsync(), s.isPromiseAll(), s.getPromiseIndex(),
    s.getEvalOrigin(), s.getScriptNameOrSourceURL(), typeof s.getThis(), typeof s.getFunction(), String(s));
}
describe(new K().m()[0]); describe(K.s()[0]);
(function sloppy() { describe(new Error('q').stack[0]); })();
(function strict() { 'use strict'; describe(new Error('q').stack[0]); })();
[1].forEach(function cb() { describe(new Error('q').stack[1]); });
function C() { describe(new Error('q').stack[0]); } new C();
print(Object.getOwnPropertyNames(Object.getPrototypeOf(new Error('').stack[0])).includes('getThis'));
Error.prepareStackTrace = (e, sites) => { throw new RangeError('inside'); };
try { new Error('x').stack; } catch (e) { Error.prepareStackTrace = undefined; print(e.message); }
Error.prepareStackTrace = () => 42; print(new Error('n').stack + 1); delete Error.prepareStackTrace;
{ const e = new Error('w'); e.stack = 'mine'; print(e.stack); delete e.stack; print(e.stack); }
{ const e = new Error('c', { cause: 5 }); print(Object.getOwnPropertyNames(e), e.cause); }
{ const e = new AggregateError([1], 'ag'); print(Object.getOwnPropertyNames(e), first(e)); }
print(Error('no new').stack); print(TypeError('no new').stack);
print(Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit').enumerable, Object.getOwnPropertyDescriptor(Error, 'captureStackTrace').enumerable);
print('stack' in Error.prototype, Error.captureStackTrace.name, Error.captureStackTrace.length);
{ const e = Object.freeze(new Error('f')); print(first(e)); }
