// compare: exports.list exports.nested exports.one.exports.two
// Functions without a name of their own are named after the member that they are assigned to, be it in an array, or
// after all the members in a row (parsing/func-name-inferrer.cc).
exports.list = [(x) => x + 1];
exports.nested = [[], [function (x) { return x * 2; }]];
exports.one = exports.two = function (x) { return x - 1; };
const all = [exports.list[0], exports.nested[1][0], exports.one, (x) => x, (x) => -x];
let sum = 0;
function turns() { // none is inlined in the loop
  for (let i = 0; i < 500000; i++) sum += all[i % all.length](i & 7);
}
turns();
setTimeout(() => {
  turns();
  console.log(sum);
}, 100);
