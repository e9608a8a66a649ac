// Sorting, JSON, Map and Set: what a server does with its records.
function records(n) {
  const list = [];
  let seed = 12345;
  for (let i = 0; i < n; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    list.push({ id: i, key: 'user' + (seed % 997), score: seed % 10007, tags: ['a', 'b' + (i % 7)] });
  }
  return list;
}
function main() {
  let total = 0;
  for (let round = 0; round < 12; round++) {
    const list = records(1000);
    list.sort((a, b) => a.score - b.score || a.id - b.id);
    const groups = new Map(), seen = new Set();
    for (const r of list) {
      if (!groups.has(r.key)) groups.set(r.key, []);
      groups.get(r.key).push(r.id);
      for (const t of r.tags) seen.add(t);
    }
    const text = JSON.stringify({ list, keys: [...groups.keys()] });
    const back = JSON.parse(text);
    total += back.list.length + groups.size + seen.size + text.length;
  }
  return total;
}
