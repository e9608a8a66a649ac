// Frames behind an await.
const show = (e) => print(e.stack);
async function leaf() { await null; throw new Error('leaf'); }
async function mid() { await leaf(); }
const o = { async method() { await mid(); } };
class S { static async run() { try { await o.method(); } catch (e) { show(e); } } }
S.run();
(async () => { try { await (async function inner() { await 1; return await leaf(); })(); } catch (e) { show(e); } })();
(async function notAwaited() { leaf().catch(show); })();
async function sync() { throw new Error('sync'); }
(async function caller() { try { await sync(); } catch (e) { show(e); } })();
Promise.resolve().then(function reaction() { show(new Error('then')); });
(async function late() { await 1; await 2; show(new Error('late')); })();
async function* agen() { yield 1; show(new Error('agen')); }
(async function loop() { for await (const x of agen()) ; })();
