// compare: descend
// A function that is deoptimized while other activations of its code are on the stack: these go on in the tier below
// when they come back to it.
function descend(depth, value) {
  if (depth === 0) return value + 1;
  return descend(depth - 1, value) + 1;
}
let sum = 0;
function turns() {
  for (let i = 0; i < 20000; i++) sum += descend(10, i & 7);
}
turns();
setTimeout(() => {
  turns();
  setTimeout(() => {
    console.log(descend(10, 'a'), typeof sum);
  }, 100);
}, 100);
