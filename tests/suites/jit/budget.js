// compare: skips runs
// A jump forwards gives back to the budget what it leaves out: a function that skips most of its body is not optimized
// where one that runs it is.
const table = new Int32Array(16);
function skips(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (i < 0) {
      sum += table[0] * 3 + table[1] * 5 + table[2] * 7 + table[3] * 9 + table[4] * 11 + table[5] * 13;
      sum += table[6] * 3 + table[7] * 5 + table[8] * 7 + table[9] * 9 + table[10] * 11 + table[11] * 13;
      sum += table[12] * 3 + table[13] * 5 + table[14] * 7 + table[15] * 9 + table[0] * 11 + table[1] * 13;
      sum += table[6] * 3 + table[7] * 5 + table[8] * 7 + table[9] * 9 + table[10] * 11 + table[11] * 13;
    }
  }
  return sum;
}
function runs(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (i >= 0) {
      sum += table[0] * 3 + table[1] * 5 + table[2] * 7 + table[3] * 9 + table[4] * 11 + table[5] * 13;
      sum += table[6] * 3 + table[7] * 5 + table[8] * 7 + table[9] * 9 + table[10] * 11 + table[11] * 13;
      sum += table[12] * 3 + table[13] * 5 + table[14] * 7 + table[15] * 9 + table[0] * 11 + table[1] * 13;
      sum += table[6] * 3 + table[7] * 5 + table[8] * 7 + table[9] * 9 + table[10] * 11 + table[11] * 13;
    }
  }
  return sum;
}
let rounds = 0;
(function next() {
  if (rounds++ === 12) return;
  console.log(skips(100), runs(100));
  setTimeout(next, 5);
})();
