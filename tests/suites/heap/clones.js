// Copies of objects to which properties are added: each has maps of its own, which live in old space.
'use strict';
const order = { id: 1, name: 'order 7', active: true, items: [1] };
const kept = [];
let sum = 0;
function handle(i) {
  const answer = { ...order, total: i, tags: [i] };
  const plain = { ...order, id: i };
  if (i % 100 === 0) kept.push(answer);
  return answer.total + plain.id;
}
for (let i = 0; i < 60000; i++) sum += handle(i);
console.log(sum, kept.length);
