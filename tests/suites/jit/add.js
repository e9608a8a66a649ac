// compare: add
// Optimized for small integers, taken back at the first string, optimized again.
function add(a, b) { return a + b; }
function ints() {
  let s = 0;
  for (let i = 0; i < 30000; i++) s = add(s, 1) & 0xffff;
  return s;
}
function strings() {
  let t = '';
  for (let i = 0; i < 30000; i++) t = add('a', 'b');
  return t;
}
// The compiler has time between the two.
console.log(ints());
setTimeout(() => console.log(strings()), 50);
