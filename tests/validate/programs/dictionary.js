// Objects as dictionaries: keys that are added and deleted bring slow mode; for-in, in, hasOwn, Object.keys and
// entries, spread copies.
'use strict';

function count(words) {
    const counts = {};
    for (let i = 0; i < words.length; i++) counts[words[i]] = (counts[words[i]] | 0) + 1;
    return counts;
}

function most(counts) {
    let best = '', top = 0;
    for (const word in counts) {
        if (counts[word] > top) {
            top = counts[word];
            best = word;
        }
    }
    return best + top;
}

function prune(counts, limit) {
    for (const word of Object.keys(counts)) if (counts[word] < limit) delete counts[word];
    return Object.keys(counts).length;
}

function merge(a, b) {
    const all = {...a};
    for (const [key, value] of Object.entries(b)) all[key] = Object.hasOwn(all, key) ? all[key] + value : value;
    return all;
}

const words = [];
for (let i = 0; i < 3000; i++) words.push('w' + (i * i) % 211);
let left = 0, best = '';
for (let round = 0; round < 300; round++) {
    const counts = count(words), other = count(words.slice(round));
    best = most(merge(counts, other));
    left += prune(counts, 20);
}
console.log(best, left, 'w3' in count(words));
