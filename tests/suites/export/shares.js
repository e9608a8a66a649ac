// Functions whose shares of CPU time lie well apart, for a profile beside the real node's.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

function tokens(text) {
  const counts = new Map();
  for (const word of text.split(' ')) counts.set(word, (counts.get(word) || 0) + 1);
  return counts.size;
}

function roundTrip(value) {
  let length = 0;
  for (let i = 0; i < 100; i++) length += JSON.stringify(JSON.parse(JSON.stringify(value))).length;
  return length;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const words = Array.from({ length: 20000 }, (_, i) => 'word' + (i % 500)).join(' ');
const records = Array.from({ length: 2000 }, (_, i) => ({ id: i, name: 'name ' + i, tags: ['a', 'b'] }));
const a = Array.from({ length: 1000 }, (_, i) => i % 7), b = a.map(x => x + 1);
let result = fib(34);
for (let i = 0; i < 10; i++) result += tokens(words);
result += roundTrip(records);
for (let i = 0; i < 5000; i++) result += dot(a, b);
if (result !== result) throw new Error('not a number');
