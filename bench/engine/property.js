// Property reads and writes, monomorphic and over four shapes.
class Point { constructor(x, y) { this.x = x; this.y = y; } }
function make(i) {
  switch (i & 3) {
    case 0: return { x: i, y: 1 };
    case 1: return { y: 2, x: i };
    case 2: return { z: 0, x: i, y: 3 };
    default: return new Point(i, 4);
  }
}
function sum(list) {
  let total = 0;
  for (let i = 0; i < list.length; i++) {
    const p = list[i];
    total += p.x - p.y;
    p.x = (p.x + 1) % 1000;
  }
  return total;
}
function main() {
  const mixed = [], same = [];
  for (let i = 0; i < 2000; i++) { mixed.push(make(i)); same.push(new Point(i, i + 1)); }
  let total = 0;
  for (let round = 0; round < 350; round++) total += sum(mixed) + sum(same);
  return total;
}
