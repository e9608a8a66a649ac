// add() is optimized for Smis, then it gets strings: "not a Smi". It is optimized again for strings and numbers.
// addNumbers() is too large to be optimized before add() is, which it would inline.
'use strict';

function add(a, b) {
    return a + b;
}

function addNumbers(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
        sum = add(add(add(add(sum, i & 15), 1), 2), -3);
        if ((i & 1023) === 1023) sum = add(sum, add(add(1, 2), add(3, 4)));
    }
    return sum;
}

function addStrings(count) {
    let length = 0;
    for (let i = 0; i < count; i++) length += add('n', i).length;
    return length;
}

console.log(addNumbers(3000));
console.log(addNumbers(1000));
console.log(addNumbers(1000000));
console.log(addStrings(10));
console.log(addStrings(1000000));
console.log(addNumbers(1000000));
