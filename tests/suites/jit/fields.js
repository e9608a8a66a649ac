// compare: makePoint readX makeBox readBox readLeaf callOwn
// What code depends on of fields: that one was never stored to after it was added, that its values had one hidden
// class, and that nothing goes on from this class. A method that is the object's own may be any function. They are
// called by turns, so that none is inlined in the loop.
function Point(x) { this.x = x; }
function makePoint(i) { return new Point(i); }
function readX(i) { return points[i & 7].x; }
const points = Array.from({ length: 8 }, (_, i) => new Point(i));

function A() { this.a = 1; }
function B() { this.b = 1; }
function Box(held) { this.held = held; }
function makeBox() { return new Box(held); }
function readBox(i) { return boxes[i & 7].held; }
let held = new A();
const boxes = Array.from({ length: 8 }, () => new Box(held));

function Leaf() { this.size = 1; }
function Tree(leaf) { this.leaf = leaf; }
function readLeaf(i) { return trees[i & 7].leaf.size; }
const trees = Array.from({ length: 8 }, () => new Tree(new Leaf()));

function first() { return 1; }
function second() { return 2; }
function Caller(f) { this.f = f; }
function callOwn(i) { return callers[i & 7].f(i); }
let callers = Array.from({ length: 8 }, () => new Caller(first));

const all = [makePoint, readX, makeBox, readBox, readLeaf, callOwn];
function turns(n) {
  let last;
  for (let i = 0; i < n; i++) last = all[i % all.length](i);
  return typeof last;
}
const steps = [
  () => turns(120000),
  () => turns(120000),
  () => { points[3].x = 5; },
  () => { held = new B(); return turns(60); },
  () => { trees[1].leaf.more = 2; },
  () => { callers = Array.from({ length: 8 }, () => new Caller(second)); return turns(60); },
];
(function next() {
  const step = steps.shift();
  if (!step) return;
  console.log(step());
  setTimeout(next, 60);
})();
