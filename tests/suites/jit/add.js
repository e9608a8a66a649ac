// compare: add sub
// Optimized for small integers, taken back at the first string, optimized again. They are called by turns, so that
// neither is inlined.
function add(a, b) { return a + b; }
function sub(a, b) { return a - b; }
const both = [add, sub];
function turns(n, a, b) {
  let last;
  for (let i = 0; i < n; i++) last = both[i & 1](a, b);
  return last;
}
// The compiler has time between the two.
console.log(turns(60000, 3, 4));
setTimeout(() => console.log(turns(60000, 'a', 'b'), turns(1, 'a', 'b')), 100);
