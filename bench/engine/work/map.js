// For fit-engine: time that goes to a Map operation.
const m = new Map(); for (let i = 0; i < 5000; i++) m.set('key' + i, i);
const keys = [...m.keys()];
function main() { let s = 0; for (let i = 0; i < keys.length; i++) { s += m.get(keys[i]); m.set(keys[i], i); } return s; }
