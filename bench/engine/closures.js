// Closures and higher-order array methods.
function compose(...fns) { return (x) => fns.reduce((v, f) => f(v), x); }
function counter() { let n = 0; return { up: () => ++n, get: () => n }; }
function main() {
  const data = Array.from({ length: 1000 }, (_, i) => i);
  const step = compose((x) => x + 1, (x) => x * 3, (x) => x % 1001);
  let total = 0;
  for (let round = 0; round < 60; round++) {
    const c = counter();
    total += data.map(step).filter((x) => x & 1).reduce((a, b) => a + b, 0);
    data.forEach((x) => { if (x > 500) c.up(); });
    total += c.get();
  }
  return total;
}
