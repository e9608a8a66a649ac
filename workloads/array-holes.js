// The same numbers in an array without holes and in one with them.
function sum(array) {
    let total = 0;
    for (let i = 0; i < array.length; i++) {
        const value = array[i];
        if (value !== undefined) total += value;
    }
    return total;
}

const packed = [];
for (let i = 0; i < 1000; i++) packed.push(i);

const holey = new Array(1000); // made with a length: holes until each is filled, and holey for good
for (let i = 0; i < 1000; i += 2) holey[i] = i;

function rounds(array, count) {
    let total = 0;
    for (let round = 0; round < count; round++) total += sum(array);
    return total;
}

console.log('packed:', rounds(packed, 1000));
console.log('holey:', rounds(holey, 1000));
packed[1500] = 1; // beyond the end: a hole between
console.log('packed no longer:', rounds(packed, 1000));
