// A cache without a limit that most requests add to.
const cache = new Map();

function load(key) {
    return { key, rows: [key, key + 1, key + 2], text: `entry ${key}` };
}

function get(key) {
    let entry = cache.get(key);
    if (entry === undefined) {
        entry = load(key);
        cache.set(key, entry);
    }
    return entry;
}

let state = 1, sum = 0;
for (let i = 0; i < 400000; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    sum = (sum + get((state >> 4) % 1000000).rows[1]) & 0xffffff;
}
console.log(`${cache.size} entries, ${sum}`);
