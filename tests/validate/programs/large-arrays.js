// Arrays beyond the limit of regular pages go to the large-object space: typed arrays apart, plain arrays of
// 100,000 elements made and dropped, and one that doubles as it grows.
'use strict';

function squares(count) {
    const array = new Array(count);
    for (let i = 0; i < count; i++) array[i] = i * i;
    return array;
}

function grow(count) {
    const array = [];
    for (let i = 0; i < count; i++) array.push(i & 1023);
    return array.length;
}

let sum = 0;
for (let round = 0; round < 100; round++) sum += squares(100000)[999];
for (let round = 0; round < 40; round++) sum += grow(200000);
console.log(sum);
