// For fit-engine: time that goes to a character parsed or written.
const text = JSON.stringify(Array.from({ length: 2000 }, (_, i) => ({ id: i, name: 'user ' + i, tags: ['a', 'b'], ok: true, score: i / 7 })));
function main() { return JSON.stringify(JSON.parse(text)).length; }
