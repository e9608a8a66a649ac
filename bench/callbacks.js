// CALLBACKS callbacks: a timer, an immediate, a nextTick and a promise in turn, ever the next from the
// last, and 100 such chains side by side.
'use strict';
let left = Number(process.env.CALLBACKS);
const steps = [
  (next) => setTimeout(next, 1),
  (next) => setImmediate(next),
  (next) => process.nextTick(next),
  (next) => Promise.resolve().then(next),
];
function chain(i) {
  if (--left < 0) return;
  steps[i & 3](() => chain(i + 1));
}
for (let i = 0; i < 100; i++) chain(i);
