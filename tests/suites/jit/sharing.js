// compare: ofThis ofVariable ofTwo
// Loads of one name from one variable share their feedback; `this` is no variable. What was never executed of `this`
// has none, and the code ends at its load; of a variable it has that of the other load, and ends at the sum.
function Counter() { this.count = 0; }
Counter.prototype.ofThis = function ofThis(deep) {
  if (this.count < 0) return 1;
  if (deep) this.count += 1;
  return 2;
};
function ofVariable(counter, deep) {
  if (counter.count < 0) return 1;
  if (deep) counter.count += 1;
  return 2;
}
function ofTwo(counter, deep) {
  if (counter.count < 0) return 1;
  const { other } = { other: counter };
  if (deep) return other.limit;
  return 2;
}

const counter = new Counter();
const all = [(deep) => counter.ofThis(deep), (deep) => ofVariable(counter, deep), (deep) => ofTwo(counter, deep) ?? 0,
  () => 0, () => 1];
let sum = 0;
function turns() { // none is inlined in the loop
  for (let i = 0; i < 500000; i++) sum += all[i % all.length](false);
}
turns();
setTimeout(() => {
  turns();
  setTimeout(() => {
    sum += counter.ofThis(true);
    sum += ofVariable(counter, true);
    sum += ofTwo(counter, true) ?? 0;
    console.log(sum);
  }, 100);
}, 100);
