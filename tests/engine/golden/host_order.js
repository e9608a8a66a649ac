// The order of microtasks: beside each small program runs a chain of promises that counts the ticks.
const out = [];
const log = (...values) => out.push(values.join(':'));
function ticks(count) {
  let promise = Promise.resolve();
  for (let i = 0; i < count; i++) promise = promise.then(() => log('.' + i));
}
const programs = {
  async awaitValue() { await 1; log('x'); },
  async awaitTwice() { await 1; log('x'); await null; log('y'); },
  returnPromise: () => (async () => Promise.resolve(1))().then(() => log('x')),
  returnAwait: () => (async () => await Promise.resolve(1))().then(() => log('x')),
  resolvePromise: () => new Promise((r) => r(Promise.resolve())).then(() => log('x')),
  thenReturns: () => Promise.resolve().then(() => Promise.resolve()).then(() => log('x')),
  async awaitThenable() { await { then(f) { log('then'); f(); } }; log('x'); },
  async forAwait() { for await (const x of [1, 2, Promise.resolve(3)]) log('x' + x); },
  async forAwaitGenerator() {
    async function* g() { yield 1; yield Promise.resolve(2); }
    for await (const x of g()) log('x' + x);
    log('end');
  },
  async forAwaitBreak() {
    async function* g() { try { yield 1; yield 2; } finally { log('finally'); } }
    for await (const x of g()) { log('x' + x); break; }
    log('end');
  },
  async forAwaitBreakSync() {
    function* g() { try { yield 1; yield 2; } finally { log('finally'); } }
    for await (const x of g()) { log('x' + x); break; }
    log('end');
  },
  async forAwaitThrow() {
    async function* g() { try { yield 1; } finally { log('finally'); await 1; throw 'ignored'; } }
    try { for await (const x of g()) throw 'body'; } catch (e) { log(e); }
    log('end');
  },
  async forAwaitReturn() {
    async function* g() { try { yield 1; } finally { log('finally'); } }
    log(await (async () => { for await (const x of g()) return 'r' + x; })());
  },
  async forAwaitLabel() {
    async function* g(n) { try { yield 1; yield 2; } finally { log('finally' + n); } }
    outer: for await (const x of g(1)) {
      for await (const y of g(2)) { log(x + y); if (x === 1) continue outer; break outer; }
    }
    log('end');
  },
  async forAwaitNextThrows() {
    const it = { next() { throw 'next'; }, return() { log('closed'); return {}; }, [Symbol.asyncIterator]() { return this; } };
    try { for await (const x of it); } catch (e) { log(e); }
  },
  async forAwaitReturnNoObject() {
    const it = { next: () => ({ value: 1 }), return: () => 5, [Symbol.asyncIterator]() { return this; } };
    try { for await (const x of it) break; } catch (e) { log(e.constructor.name); }
    try { for await (const x of it) throw 'body'; } catch (e) { log(e); }
  },
  async yieldStar() {
    async function* h() { yield 1; return 3; }
    async function* g() { const r = yield* h(); log('r' + r); }
    for await (const x of g()) log('x' + x);
    log('end');
  },
  async yieldStarSync() {
    async function* g() { const r = yield* [1, Promise.resolve(2)]; log('r' + r); }
    for await (const x of g()) log('x' + x);
    log('end');
  },
  async yieldStarReturn() {
    async function* h() { try { yield 1; } finally { log('finally'); } }
    async function* g() { yield* h(); }
    const i = g();
    await i.next();
    i.return({ then(f) { log('then'); f(7); } }).then((r) => log(r.value));
    i.next().then((r) => log(r.done));
  },
  async yieldStarReturnRejected() {
    async function* h() { try { yield 1; } catch (e) { log('caught' + e); } }
    async function* g() { yield* h(); }
    const i = g();
    await i.next();
    i.return(Promise.reject(7)).then((r) => log(r.value + '' + r.done), (e) => log('e' + e));
  },
  async generatorReturns() { async function* g() { return Promise.resolve(4); } log((await g().next()).value); },
  async generatorReturnsNothing() { async function* g() { return; } log((await g().next()).value); },
  async generatorEnds() { async function* g() {} log((await g().next()).done); },
  async generatorReturn() { async function* g() { yield 1; } const i = g(); await i.next(); log((await i.return(Promise.resolve(1))).value); },
  async generatorThrow() { async function* g() { yield 1; } const i = g(); await i.next(); try { await i.throw(1); } catch (e) { log(e); } },
  generatorQueue() {
    async function* g() { yield 1; yield 2; }
    const i = g();
    const show = (n) => [(r) => log(n, r.value, r.done), (e) => log(n, 'e', e)];
    i.return(5).then(...show('a'));
    i.next().then(...show('b'));
    i.throw(8).then(...show('c'));
    i.return(Promise.reject(1)).then(...show('d'));
    i.next().then(...show('e'));
  },
  generatorQueueRunning() {
    async function* g() { await 1; yield 2; }
    const i = g();
    const show = (n) => [(r) => log(n, r.value, r.done), (e) => log(n, 'e', e)];
    i.next().then(...show('a'));
    i.return(5).then(...show('b'));
    i.next().then(...show('c'));
    i.throw(6).then(...show('d'));
    i.next().then(...show('e'));
  },
  finally: () => Promise.resolve(1).finally(() => {}).then(() => log('x')),
  finallyRejected: () => Promise.reject(1).finally(() => {}).catch(() => log('x')),
  all: () => Promise.all([1, Promise.resolve()]).then(() => log('x')),
  any: () => Promise.any([Promise.reject(1)]).catch(() => log('x')),
  race: () => Promise.race([1]).then(() => log('x')),
  settled: () => Promise.allSettled([]).then(() => log('x')),
  subclass: () => { class S extends Promise {} S.resolve(1).then(() => log('x')); },
  async subclassAwait() { class S extends Promise {} await S.resolve(1); log('x'); },
  async ownThen() {
    const p = Promise.resolve(1);
    p.then = function(...a) { log('then'); return Promise.prototype.then.apply(this, a); };
    await p;
    log('x');
  },
  async rejected() { try { await Promise.reject(1); } catch { log('x'); } },
  thrown: () => (async () => { throw 1; })().catch(() => log('x')),
  async syncIteratorWithoutThrow() {
    async function* g() { yield* { [Symbol.iterator]() { return this; }, next: () => ({ value: 1 }), return() { log('closed'); return {}; } }; }
    const i = g();
    await i.next();
    try { await i.throw(9); } catch (e) { log(e); }
  },
  async syncIteratorOfRejected() {
    const it = { [Symbol.iterator]() { return this; }, next: () => ({ value: Promise.reject(3) }), return() { log('closed'); return {}; } };
    try { for await (const x of it); } catch (e) { log(e); }
  },
};
var steps = [];
for (const name of Object.keys(programs)) {
  steps.push(() => { out.length = 0; programs[name](); ticks(14); });
  steps.push(() => print(name, out.join(' ')));
}
