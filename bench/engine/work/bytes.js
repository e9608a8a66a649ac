// For fit-engine: time that goes to a byte of a typed array.
const a = new Uint8Array(4000000), b = new Uint8Array(4000000);
function main() { a.fill(3); b.set(a); return b.slice().length + b.indexOf(9); }
