// Elements kinds go one way: Smi, double, object. Code that was optimized for an array of Smis deopts when the
// array holds a double, and again when it holds an object.
'use strict';

function total(array) {
    let sum = 0;
    for (let i = 0; i < array.length; i++) sum += Number(array[i]);
    return sum;
}

function fill(array, value) {
    for (let i = 0; i < array.length; i++) array[i] = value;
}

function first(array) {
    return array[0];
}

const array = [];
for (let i = 0; i < 500; i++) array.push(i);
let sum = 0;
for (let round = 0; round < 6000; round++) sum += total(array) + first(array);
console.log(sum);
array[10] = 0.5;
for (let round = 0; round < 6000; round++) sum += total(array) + first(array);
console.log(sum);
array[20] = '7';
for (let round = 0; round < 2000; round++) sum += total(array) + first(array);
console.log(sum);
const other = new Array(500).fill(0);
for (let round = 0; round < 8000; round++) fill(other, round);
fill(other, 1.5);
for (let round = 0; round < 8000; round++) fill(other, round + 0.5);
fill(other, 'text');
for (let round = 0; round < 8000; round++) fill(other, round);
console.log(other[3]);
