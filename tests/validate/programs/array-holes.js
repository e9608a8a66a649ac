// Packed arrays, then holey ones: the sum of a packed array meets a hole, and undefined makes NaN of it.
'use strict';

function packed(length) {
    const array = [];
    for (let i = 0; i < length; i++) array.push(i & 63);
    return array;
}

function holey(length) {
    const array = new Array(length);
    for (let i = 0; i < length; i += 2) array[i] = i & 63;
    return array;
}

function sum(array) {
    let total = 0;
    for (let i = 0; i < array.length; i++) total += array[i];
    return total;
}

function sumPresent(array) {
    let total = 0;
    for (let i = 0; i < array.length; i++) {
        const value = array[i];
        if (value !== undefined) total += value;
    }
    return total;
}

const full = packed(1000), gaps = holey(1000);
let all = 0;
for (let round = 0; round < 5000; round++) all += sum(full);
console.log(all);
console.log(sum(gaps));
for (let round = 0; round < 5000; round++) all += sumPresent(full);
for (let round = 0; round < 5000; round++) all += sumPresent(gaps);
console.log(all);
let wrong = 0;
for (let round = 0; round < 5000; round++) if (Number.isNaN(sum(gaps))) wrong++;
console.log(wrong);
