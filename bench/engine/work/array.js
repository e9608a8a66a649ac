// For fit-engine: time that goes to an element visited by a builtin.
const a = Array.from({ length: 50000 }, (_, i) => i);
function main() { return a.slice().fill(3).concat(a).indexOf(-1) + a.slice().reverse().length; }
