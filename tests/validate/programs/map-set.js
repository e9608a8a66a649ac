// Map, Set and WeakMap: insertion, lookup, iteration, deletion, with number, string and object keys.
'use strict';

function fillMap(map, count) {
    for (let i = 0; i < count; i++) map.set(i, i * 2);
}

function lookUp(map, count) {
    let sum = 0;
    for (let i = 0; i < count * 2; i++) {
        const value = map.get(i);
        if (value !== undefined) sum += value;
    }
    return sum;
}

function countWords(words, rounds) {
    const counts = new Map();
    for (let round = 0; round < rounds; round++) {
        for (const word of words) counts.set(word, (counts.get(word) || 0) + 1);
    }
    return counts;
}

function unique(values) {
    const seen = new Set();
    let repeated = 0;
    for (const value of values) {
        if (seen.has(value)) repeated++;
        else seen.add(value);
    }
    for (const value of seen) if (value % 3 === 0) seen.delete(value);
    return repeated + seen.size;
}

function remember(objects) {
    const notes = new WeakMap();
    objects.forEach((object, i) => notes.set(object, i));
    let sum = 0;
    for (const object of objects) sum += notes.get(object);
    return sum;
}

let sum = 0;
for (let round = 0; round < 80; round++) {
    const map = new Map();
    fillMap(map, 5000);
    sum += lookUp(map, 5000);
}
console.log(sum);
const words = Array.from({length: 500}, (_, i) => 'word' + (i % 90));
console.log([...countWords(words, 1500)].length);
const values = Array.from({length: 20000}, (_, i) => (i * 7919) % 9973);
for (let round = 0; round < 40; round++) sum += unique(values);
console.log(sum);
const objects = Array.from({length: 2000}, (_, i) => ({i}));
for (let round = 0; round < 40; round++) sum += remember(objects);
console.log(sum);
