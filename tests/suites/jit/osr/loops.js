'use strict';
// What follows a long loop has no feedback when the loop is replaced on the stack. The code of `behind` deoptimizes there,
// behind its outermost loop, and is kept. That of `within` deoptimizes inside of it, and is made again.
function behind(list, rounds) {
  let s = 0;
  for (let k = 0; k < rounds; k++) for (let i = 0; i < list.length; i++) s = (s + list[i]) | 0;
  return after(s);
}
function within(list, rounds) {
  let s = 0;
  for (let k = 0; k < 4; k++) {
    for (let i = 0; i < list.length * rounds; i++) s = (s + list[i % list.length]) | 0;
    s = after(s);
  }
  return s;
}
function after(x) { return x + 1; }
const list = [];
for (let i = 0; i < 1000; i++) list.push(i);
let sum = 0;
for (const f of [behind, within]) for (let k = 0; k < 4; k++) sum += f(list, 2000);
console.log(sum);
