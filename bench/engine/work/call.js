// For fit-engine: time that goes to entering a builtin.
const f = Math.abs;
function main() { let s = 0; for (let i = 0; i < 200000; i++) s += [].at(i) === undefined ? 1 : 0; return s; }
