// Array.prototype.sort calls its comparator as V8's TimSort does: as often, with the same elements; and splice.
'use strict';

let seed = 1;
function random(n) { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return (seed >> 8) % n; }
for (const size of [0, 1, 2, 3, 10, 31, 33, 63, 64, 65, 100, 500, 1000, 5000, 20000]) {
  for (const kind of ['random', 'few', 'up', 'down', 'saw', 'nearly', 'runs']) {
    const a = Array.from({length: size}, (_, i) => [kind === 'random' ? random(1e9) : kind === 'few' ? random(7) : kind === 'up' ? i : kind === 'down' ? -i : kind === 'saw' ? i % 37 : kind === 'runs' ? Math.floor(i/100)%2 ? i : -i : i + (random(50) ? 0 : random(100)), i]);
    let calls = 0, hash = 0;
    a.sort((x, y) => { calls++; hash = (Math.imul(hash, 31) + x[1] * 7 + y[1]) | 0; return x[0] - y[0]; });
    for (const x of a) hash = (Math.imul(hash, 31) + x[1]) | 0;
    console.log(size, kind, calls, hash);
  }
}
// A comparator without sense.
const odd = Array.from({length: 3000}, (_, i) => i);
let calls = 0;
odd.sort(() => { calls++; return random(3) - 1; });
console.log(calls, odd.reduce((h, x) => (Math.imul(h, 31) + x) | 0, 0));
try { [3, 1, 2, 5].sort((a, b) => { if (b === 2) throw new Error('b'); return a - b; }); } catch (e) { console.log(e.message); }
console.log([3, , undefined, 1, 'b', 10].sort(), [5,1,4].toSorted((a, b) => b - a));
const a=[1,2,3,4,5]; console.log(a.splice(1,1,'x','y','z'),a,a.length); console.log(a.splice(0,0,9),a); const b=[1.5,2.5]; b.splice(1,0,{}); console.log(b, b.splice(2,0,1,2,3), b);
const c=Object.freeze([1,2]); try { c.splice(0,0,1) } catch(e) { console.log(e.message) } console.log([].splice(0,0,1), [1,2].splice(5,1,2,3));
