// Reads beyond the end of an array after the function was optimized for reads within: "out of bounds"; stores at
// the end that grow the array, one far beyond.
'use strict';

function at(array, index) {
    return array[index];
}

function put(array, index, value) {
    array[index] = value;
}

function readAll(array, count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
        const value = at(array, i);
        if (value !== undefined) sum += value;
    }
    return sum;
}

function append(count) {
    const array = [];
    for (let i = 0; i < count; i++) put(array, i, i & 7);
    return array;
}

const array = append(1000);
let sum = 0;
for (let round = 0; round < 8000; round++) sum += readAll(array, 1000);
console.log(sum);
for (let round = 0; round < 8000; round++) sum += readAll(array, 1010);
console.log(sum);
let length = 0;
for (let round = 0; round < 1500; round++) length += append(500).length;
const far = [1, 2, 3];
put(far, 5000, 4);
put(far, 50000000, 5);
for (let round = 0; round < 1500; round++) length += append(500).length;
console.log(length, far.length);
