// Calls: recursion, methods, constructors, spread and default arguments.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
class Counter {
  constructor(start) { this.n = start; }
  add(k) { this.n += k; return this; }
  get value() { return this.n; }
}
function withDefaults(a, b = 2, ...rest) { return a + b + rest.length; }
function main() {
  let total = fib(25);
  for (let i = 0; i < 60000; i++) {
    total += new Counter(i).add(1).add(2).value;
    total += withDefaults(i) + withDefaults(i, 1, 2, 3);
  }
  return total;
}
