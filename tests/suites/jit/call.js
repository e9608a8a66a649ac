// compare: make
// f.call(...) of a function that is a constant is inlined: what the function depends on, its caller does.
const Derived = (function (base) {
  function Derived(x) { base.call(this, x); this.y = x; }
  return Derived;
})(Base);
const settings = { pass: 1 };
function Base(x) { this.x = x; this.pass = settings.pass; }
function make(x) { return new Derived(x); }
const both = [make, (x) => x, (x) => [x], (x) => 'a' + x, (x) => -x];
function turns(n) { let last; for (let i = 0; i < n; i++) last = both[i % 5](i); return typeof last; }
console.log(turns(200000));
setTimeout(() => { console.log(turns(200000)); setTimeout(() => { settings.pass++; console.log(turns(10)); }, 60); }, 60);
