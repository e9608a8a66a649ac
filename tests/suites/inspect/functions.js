function add(a, b) { return a + b; }
function bump(o) { o.count = o.count + 1; return o; }
function total(list) { let sum = 0; for (let i = 0; i < list.length; i++) sum += list[i]; return sum; }
function pick(a, b) { const most = a > b ? a : b; return most; }
function both(a, b) { return a && b.ready; }
function send(s, x) { return s.write(x, 1).end(x); }
function make(x, y) { return { x: x, y: y, z: 3 }; }
function count() { let n = 0; return function next() { n = n + 1; return n; }; }
function first(s) { if (s === null) return 'none'; while (s.next) s = s.next; return s.name; }
function build(C, a) { return new C(a, a * 2); }
function pow2(x) { var y = x * x; y -= 1; return y | 0; }
function log(a, b, c) { return console.info(a, b, c, typeof a); }
add(1,2); bump({count:1}); total([1,2]); pick(1,2); both(0); try{ send({}) } catch {} make(1,2); count()(); first(null); build(Array,1); pow2(2); log(1,2,3);
