// JSON.parse and JSON.stringify of records, with a replacer, a reviver and indentation.
'use strict';

function record(i) {
    return {
        id: i, name: 'user ' + i, score: i * 0.5, active: i % 3 === 0, tags: ['a' + i % 7, 'b', 'c'],
        address: {street: 'Main ' + i, zip: 10000 + i, geo: [i / 7, -i / 3]}, note: i % 5 ? null : 'a "quoted" text\n',
    };
}

function roundTrip(records) {
    const text = JSON.stringify(records);
    const copy = JSON.parse(text);
    let sum = 0;
    for (let i = 0; i < copy.length; i++) sum += copy[i].address.zip + copy[i].tags.length;
    return sum + text.length;
}

function withHooks(records) {
    const text = JSON.stringify(records, function hide(key, value) { return key === 'note' ? undefined : value; }, 1);
    const copy = JSON.parse(text, function scale(key, value) { return key === 'score' ? value * 2 : value; });
    return text.length + copy[copy.length - 1].score;
}

const records = Array.from({length: 500}, (_, i) => record(i));
let sum = 0;
for (let round = 0; round < 60; round++) sum += roundTrip(records);
for (let round = 0; round < 5; round++) sum += withHooks(records);
console.log(sum);
