// For fit-engine: time that goes to a comparison of sort, with a comparator as programs pass it.
const list = Array.from({ length: 3000 }, (_, i) => ({ score: (i * 7919) % 3001 }));
function main() { return list.slice().sort((a, b) => a.score - b.score)[7].score; }
