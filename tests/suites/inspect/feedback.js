// Functions with feedback of many kinds, each of them called often enough to have it (feedback.py).
function smi(a, b) { return a + b * 2 - 1; }
function number(a, b) { return a * b; }
function text(a, b) { return a + b; }
function mixed(a, b) { return a + b; }
function big(a) { return a * 2n; }
function less(a, b) { return a < b; }
function lessNumber(a, b) { return a < b; }
function same(a, b) { return a === b; }
function sameObject(a, b) { return a === b; }
function one(o) { return o.x; }
function two(o) { return o.x; }
function many(o) { return o.x; }
function put(o, v) { o.x = v; }
function putMany(o, v) { o.x = v; }
function at(list, i) { return list[i]; }
function atTwo(list, i) { return list[i]; }
function into(list, i, v) { list[i] = v; }
function calls(f, x) { return f(x); }
function callsTwo(f, x) { return f(x); }
function method(o) { return o.run(); }
function never(a) { if (a) return a.never + 1; return 0; }
function step(n) { let i = 0; while (i < n) i++; return i; }

class Runner { run() { return 1; } }
const first = (x) => x, second = (x) => -x, runner = new Runner();
const shapes = [{ x: 1 }, { y: 1, x: 2 }, { z: 1, x: 3 }, { a: 1, x: 4 }, { b: 1, x: 5 }, { c: 1, x: 6 }];
for (let i = 0; i < 600; i++) {
  smi(i, 3);
  number(i + 0.5, 1.25);
  text('a', 'b');
  mixed(i % 2 ? 'a' : i, 1);
  big(3n);
  less(i, 7);
  lessNumber(i + 0.5, 1);
  same('p', 'q');
  sameObject(shapes[0], shapes[1]);
  one(shapes[0]);
  two(shapes[i % 2]);
  many(shapes[i % 6]);
  put(shapes[0], i);
  putMany(shapes[i % 6], i);
  at([1, 2, 3], 1);
  atTwo(i % 2 ? [1, 2, 3] : ['a', 'b'], 1);
  into([1, 2, 3], 1, 5);
  calls(first, i);
  callsTwo(i % 2 ? first : second, i);
  method(runner);
  never(0);
  step(5);
}
