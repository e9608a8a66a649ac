// Arrays of the large-object space: some that are garbage when the next one calls for a scavenge, and some that a
// register of the caller still holds.
'use strict';

function count(length) {
    const marks = new Array(length).fill(false);
    for (let i = 0; i < length; i += 3) marks[i] = true;
    return marks.lastIndexOf(true);
}

function squares(length) {
    const array = new Array(length);
    for (let i = 0; i < length; i++) array[i] = i % 1000;
    return array;
}

let sum = 0;
for (let round = 0; round < 12; round++) sum += count(400000);
for (let round = 0; round < 20; round++) sum += squares(100000)[999];
console.log(sum);
