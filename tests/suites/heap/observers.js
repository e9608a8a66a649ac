// flags: --expose-gc
// What a program sees of its collections.
'use strict';
const { PerformanceObserver, constants } = require('perf_hooks');
const v8 = require('v8');
const kinds = new Set();
let entries = 0;
const finalized = [];
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    entries++;
    kinds.add(entry.detail.kind);
    if (entry.name !== 'gc' || entry.entryType !== 'gc' || !(entry.duration > 0) || !(entry.startTime > 0))
      throw new Error('an entry of another kind');
  }
});
observer.observe({ entryTypes: ['gc'] });
globalThis.registry = new FinalizationRegistry((value) => finalized.push(value));
(function register() {
  globalThis.registry.register({}, 'first');
})();
const before = process.memoryUsage();
const ring = [];
for (let i = 0; i < 200000; i++)
  ring[i & 1023] = { a: i, b: [i] };
const big = Buffer.alloc(20 << 20);
const after = process.memoryUsage();
console.log(after.arrayBuffers - before.arrayBuffers >= big.length, after.rss > after.heapTotal);
console.log(after.heapTotal >= after.heapUsed, after.external >= after.arrayBuffers);
const spaces = v8.getHeapSpaceStatistics();
console.log(spaces.map((space) => space.space_name).join());
const total = spaces.reduce((sum, space) => sum + space.space_used_size, 0);
const heap = v8.getHeapStatistics();
console.log(Math.abs(total - heap.used_heap_size) < 300000, heap.number_of_native_contexts, ring.length);
setTimeout(() => {
  console.log(entries > 5, kinds.has(constants.NODE_PERFORMANCE_GC_MINOR));
  gc();
  setTimeout(() => {
    console.log(kinds.has(constants.NODE_PERFORMANCE_GC_MAJOR), 'finalized', ...finalized);
    observer.disconnect();
  }, 10);
}, 20);
