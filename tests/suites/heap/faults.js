// Rounds of a loop that allocates, each timed: they are slow as long as new space has pages that nobody has touched.
// Prints the times of the rounds of each kind, in us.
const ROUNDS = 60;
let made;

function objects() {
  for (let i = 0; i < 1000; i++)
    made = { a: i, b: i, c: i };
}

function arrays() {
  for (let i = 0; i < 400; i++)
    made = [i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i];
}

const round = process.argv[2] === 'objects' ? objects : arrays;
const times = new Float64Array(ROUNDS);
for (let r = 0; r < ROUNDS; r++) {
  const start = performance.now();
  round();
  times[r] = (performance.now() - start) * 1000;
}
console.log(Array.from(times, (time) => time.toFixed(1)).join(' '));
