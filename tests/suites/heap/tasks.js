// flags: --max-semi-space-size=64 --min-semi-space-size=64 --expose-gc
'use strict';
// What tasks, promises and events allocate, in bytes for each. Compared with the real node by constructs.py. An argument
// picks those whose name contains it.
const E = require('events');
const sink = {v: 0};
function nop() { sink.v++; }
function nop1(a) { sink.v += a; }
const inc = v => v + 1;
// Each makes n of its kind and calls done() when they are over.
const kinds = {
  'immediate chain'(n, done) { let k = n; function f() { if (--k > 0) setImmediate(f); else done(); } setImmediate(f); },
  'immediate chain arg'(n, done) { function f(left) { if (left > 0) setImmediate(f, left - 1); else done(); } setImmediate(f, n); },
  'immediates at once'(n, done) { for (let i = 0; i < n; i++) setImmediate(nop); setImmediate(done); },
  'nextTick in immediate'(n, done) { let k = n; function f() { process.nextTick(nop); if (--k > 0) setImmediate(f); else done(); } setImmediate(f); },
  'nextTick arg in immediate'(n, done) { let k = n; function f() { process.nextTick(nop1, k); if (--k > 0) setImmediate(f); else done(); } setImmediate(f); },
  'nextTick chain'(n, done) { let k = n; function f() { if (--k > 0) process.nextTick(f); else done(); } process.nextTick(f); },
  'nextTicks at once'(n, done) { for (let i = 0; i < n; i++) process.nextTick(nop); process.nextTick(done); },
  'queueMicrotask in immediate'(n, done) { let k = n; function f() { queueMicrotask(nop); if (--k > 0) setImmediate(f); else done(); } setImmediate(f); },
  'queueMicrotask chain'(n, done) { let k = n; function f() { if (--k > 0) queueMicrotask(f); else setImmediate(done); } queueMicrotask(f); },
  'timeouts at once'(n, done) { for (let i = 0; i < n; i++) setTimeout(nop, 1); setTimeout(done, 2); },
  'timeout and clear'(n, done) { for (let i = 0; i < n; i++) clearTimeout(setTimeout(nop, 1000)); setImmediate(done); },
  'then chain of resolved'(n, done) { let p = Promise.resolve(0); for (let i = 0; i < n; i++) p = p.then(inc); p.then(() => setImmediate(done)); },
  'thens on one pending'(n, done) { let r; let p = new Promise(x => { r = x; }); for (let i = 0; i < n; i++) p.then(inc); p.then(() => setImmediate(done)); r(0); },
  'Promise.resolve'(n, done) { for (let i = 0; i < n; i++) sink.p = Promise.resolve(i); setImmediate(done); },
  'new Promise nop'(n, done) { for (let i = 0; i < n; i++) sink.p = new Promise(nop); setImmediate(done); },
  'new Promise resolve'(n, done) { for (let i = 0; i < n; i++) sink.p = new Promise(r => r(i)); setImmediate(done); },
  'new Promise resolve, reject fn'(n, done) { for (let i = 0; i < n; i++) sink.p = new Promise((r, j) => { if (i < 0) j(i); else r(i); }); setImmediate(done); },
  'rejected, caught'(n, done) { for (let i = 0; i < n; i++) new Promise((r, j) => { j(i); }).catch(nop); setImmediate(done); },
  'Promise.reject, caught'(n, done) { for (let i = 0; i < n; i++) Promise.reject(i).catch(nop); setImmediate(done); },
  'rejected with Error, caught'(n, done) { for (let i = 0; i < n; i++) new Promise((r, j) => { j(new Error('x')); }).catch(nop); setImmediate(done); },
  'thrown Error in then, caught'(n, done) { const p = Promise.resolve(0); for (let i = 0; i < n; i++) p.then(() => { throw new Error('x'); }).catch(nop); setImmediate(done); },
  'finally'(n, done) { const p = Promise.resolve(0); for (let i = 0; i < n; i++) p.finally(nop); setImmediate(done); },
  'all of 4'(n, done) { const p = [1, 2, 3, 4].map(v => Promise.resolve(v)); for (let i = 0; i < n; i++) Promise.all(p); setImmediate(done); },
  'all of 100'(n, done) { const p = []; for (let i = 0; i < 100; i++) p.push(Promise.resolve(i)); for (let i = 0; i < n; i += 100) Promise.all(p); setImmediate(done); },
  'all of 4 values'(n, done) { for (let i = 0; i < n; i++) Promise.all([1, 2, 3, 4]); setImmediate(done); },
  'allSettled of 100'(n, done) { const p = []; for (let i = 0; i < 100; i++) p.push(Promise.resolve(i)); for (let i = 0; i < n; i += 100) Promise.allSettled(p); setImmediate(done); },
  'allSettled of 100 rejected'(n, done) { const p = []; for (let i = 0; i < 100; i++) { p.push(Promise.reject(i)); p[i].catch(nop); } for (let i = 0; i < n; i += 100) Promise.allSettled(p); setImmediate(done); },
  'race of 4'(n, done) { const p = [1, 2, 3, 4].map(v => Promise.resolve(v)); for (let i = 0; i < n; i++) Promise.race(p); setImmediate(done); },
  'any of 4'(n, done) { const p = [1, 2, 3, 4].map(v => Promise.resolve(v)); for (let i = 0; i < n; i++) Promise.any(p); setImmediate(done); },
  'any of 4 rejected'(n, done) { const p = [1, 2, 3, 4].map(v => Promise.reject(v)); for (const q of p) q.catch(nop); for (let i = 0; i < n; i++) Promise.any(p).catch(nop); setImmediate(done); },
  'resolve with a promise'(n, done) { const p = Promise.resolve(1); for (let i = 0; i < n; i++) new Promise(r => r(p)); setImmediate(done); },
  'resolve with a thenable'(n, done) { const p = {then(r) { r(1); }}; for (let i = 0; i < n; i++) new Promise(r => r(p)); setImmediate(done); },
  'then returns a promise'(n, done) { const p = Promise.resolve(1); const f = () => p; for (let i = 0; i < n; i++) p.then(f); setImmediate(done); },
  'async, no await'(n, done) { async function f() { return 1; } for (let i = 0; i < n; i++) f(); setImmediate(done); },
  'async, await value'(n, done) { async function f() { await 1; return 1; } for (let i = 0; i < n; i++) f(); setImmediate(done); },
  'await loop'(n, done) { async function f() { for (let i = 0; i < n; i++) await i; setImmediate(done); } f(); },
  'await async'(n, done) { async function g(i) { return i; } async function f() { for (let i = 0; i < n; i++) await g(i); setImmediate(done); } f(); },
  'await throwing async'(n, done) { async function g(i) { throw i; } async function f() { for (let i = 0; i < n; i++) { try { await g(i); } catch {} } setImmediate(done); } f(); },
  'for await of array'(n, done) { const a = []; for (let i = 0; i < n; i++) a.push(i); async function f() { for await (const x of a) sink.v += x; setImmediate(done); } f(); },
  'for await of async generator'(n, done) { async function* g() { for (let i = 0; i < n; i++) yield i; } async function f() { for await (const x of g()) sink.v += x; setImmediate(done); } f(); },
  'withSignal'(n, done) { const { promisify } = require('util'); const sleep = promisify(setImmediate); async function f() { for (let i = 0; i < n; i++) await sleep(i); setImmediate(done); } f(); },
  'emit 0'(n, done) { const e = new E(); e.on('x', nop); for (let i = 0; i < n; i++) e.emit('x'); setImmediate(done); },
  'emit 1'(n, done) { const e = new E(); e.on('x', nop1); for (let i = 0; i < n; i++) e.emit('x', 1); setImmediate(done); },
  'emit to 3'(n, done) { const e = new E(); e.on('x', nop1); e.on('x', nop1); e.on('x', nop1); for (let i = 0; i < n; i++) e.emit('x', 1, 2); setImmediate(done); },
  'emit nobody'(n, done) { const e = new E(); for (let i = 0; i < n; i++) e.emit('x', 1); setImmediate(done); },
  'once and emit'(n, done) { const e = new E(); for (let i = 0; i < n; i++) { e.once('x', nop1); e.emit('x', 1); } setImmediate(done); },
  'on and off'(n, done) { const e = new E(); for (let i = 0; i < n; i++) { e.on('x', nop1); e.off('x', nop1); } setImmediate(done); },
  'on and off of another'(n, done) { const e = new E(); e.on('y', nop1); for (let i = 0; i < n; i++) { e.on('x', nop1); e.off('x', nop1); } setImmediate(done); },
  'new EventEmitter'(n, done) { for (let i = 0; i < n; i++) sink.e = new E(); setImmediate(done); },
  'new EventEmitter, on'(n, done) { for (let i = 0; i < n; i++) { const e = new E(); e.on('x', nop); sink.e = e; } setImmediate(done); },
};

const count = 1000, rounds = 3;
function used() { return process.memoryUsage().heapUsed; }
const calm = () => new Promise(done => setTimeout(done, 2));
const times = (kind, n) => new Promise(done => kind(n, done));
async function main() {
  for (const [name, kind] of Object.entries(kinds)) {
    if (process.argv[2] && !name.includes(process.argv[2])) continue;
    for (let i = 0; i < 12; i++) {
      await times(kind, 500);
      await calm();
    }
    const found = [];
    for (let i = 0; i < rounds; i++) {
      gc();
      await times(kind, 100);
      await calm();
      const a = used();
      await times(kind, count);
      const b = used();
      await times(kind, 2 * count);
      const c = used();
      found.push((c - b - (b - a)) / count);
    }
    found.sort((x, y) => x - y);
    console.log(`${name}\t${found[1].toFixed(1)}`);
  }
}
main();
