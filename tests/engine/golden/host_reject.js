// Events of rejections: 0 no handler, 1 handler added, 2 rejected and 3 resolved after being resolved.
const out = [];
const names = new Map();
const name = (promise, text) => { names.set(promise, text); return promise; };
const tests = {
  rejected() { name(Promise.reject(1), 'p'); },
  handledAtOnce() { Promise.reject(1).catch(() => {}); },
  handledLater() { const p = name(Promise.reject(1), 'p'); p.catch(() => {}); p.catch(() => {}); },
  handledByThen() { Promise.reject(1).then(() => {}); },
  resolvedTwice() { name(new Promise((f) => { f(1); f(2); }), 'p'); },
  rejectedAfterResolved() { new Promise((f, g) => { f(1); g(2); }); },
  resolvedAfterRejected() { new Promise((f, g) => { g(1); f(2); }); },
  thrownAfterResolved() { new Promise((f) => { f(1); throw 3; }); },
  asyncThrows() { (async () => { throw 4; })(); },
  asyncAwaits() { (async () => { try { await Promise.reject(5); } catch {} })(); },
  asyncAwaitsUncaught() { (async () => { await Promise.reject(6); })(); },
  race() { Promise.race([Promise.reject(1), Promise.reject(2)]).catch(() => {}); },
  all() { Promise.all([Promise.reject(1), Promise.reject(2)]).catch(() => {}); },
  generator() { (async function*() { throw 7; })().next(); },
  finally() { Promise.reject(8).finally(() => {}); },
};
var steps = [];
steps.push(() => host.onReject((type, promise, value) => out.push(type + (names.get(promise) || '') + ':' + value)));
for (const test of Object.keys(tests)) {
  steps.push(() => { out.length = 0; tests[test](); });
  steps.push(() => print(test, out.join(' ')));
}
