'use strict';
// What vm says of code caches.
const vm = require('vm');
const code = 'globalThis.calls = (globalThis.calls || 0) + 1; (function f(a) { return a + 1; })(2)';
const produced = new vm.Script(code, { produceCachedData: true });
console.log(produced.cachedDataProduced, Buffer.isBuffer(produced.cachedData), produced.cachedDataRejected);
const data = new vm.Script(code).createCachedData();
console.log(Buffer.isBuffer(data), data.length > 100);
const taken = new vm.Script(code, { cachedData: data });
console.log(taken.cachedDataRejected, taken.runInThisContext(), taken.runInNewContext());
const damaged = Buffer.from(data);
damaged[data.length - 9] ^= 1;
const broken = [damaged, data.subarray(0, 60), data.subarray(0, 10), Buffer.alloc(0), Buffer.alloc(100)];
broken.forEach((bad, i) => {
    const known = new vm.Script(code, { cachedData: bad }); // V8 has compiled this before, and does not look
    const script = new vm.Script(code, { cachedData: bad, filename: `broken${i}.js` });
    console.log(known.cachedDataRejected, script.cachedDataRejected, script.runInThisContext());
});
console.log(new vm.Script(code + ' ', { cachedData: data }).cachedDataRejected);
console.log(new vm.Script(code, { cachedData: new Uint8Array(data) }).cachedDataRejected);
const f = vm.compileFunction('return a + 1', ['a'], { produceCachedData: true });
console.log(f.cachedDataProduced, Buffer.isBuffer(f.cachedData));
const g = vm.compileFunction('return a + 1', ['a'], { cachedData: f.cachedData });
console.log(g.cachedDataRejected, g(1));
try {
    new vm.Script(code, { cachedData: 'text' });
} catch (e) {
    console.log(e.code);
}
console.log(globalThis.calls, typeof require('v8').cachedDataVersionTag());
