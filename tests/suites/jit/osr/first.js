// Both are marked, and replaced on the stack. `first` is in its first call then, and not compiled when it is called again.
function first(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + i) | 0;
  return sum;
}
function later(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + i) | 0;
  return sum;
}
let sum = first(3e5) + first(5) + first(5);
for (let i = 0; i < 30; i++) sum += later(20);
sum += later(3e5) + later(5) + later(5);
console.log(sum);
