// Array.prototype.sort with comparators on Smis, doubles, strings and objects, and a quicksort of our own.
'use strict';

function random(seed) {
    let state = seed;
    return function next() {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        return state;
    };
}

function ascending(a, b) {
    return a - b;
}

function byName(a, b) {
    return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id;
}

function partition(array, low, high) {
    const pivot = array[(low + high) >> 1];
    while (low <= high) {
        while (array[low] < pivot) low++;
        while (array[high] > pivot) high--;
        if (low <= high) {
            const swap = array[low];
            array[low++] = array[high];
            array[high--] = swap;
        }
    }
    return low;
}

function quicksort(array, low, high) {
    if (low >= high) return;
    const middle = partition(array, low, high);
    quicksort(array, low, middle - 1);
    quicksort(array, middle, high);
}

const next = random(7);
const numbers = Array.from({length: 20000}, next);
const doubles = numbers.map((n) => n / 3);
const people = numbers.slice(0, 5000).map((n, id) => ({id, name: 'p' + n % 1000}));
let check = 0;
for (let round = 0; round < 6; round++) {
    check += numbers.slice().sort(ascending)[100] % 1000;
    check += Math.floor(doubles.slice().sort(ascending)[100]) % 1000;
    check += people.slice().sort(byName)[100].id;
    const own = numbers.slice();
    quicksort(own, 0, own.length - 1);
    check += own[100] % 1000;
}
console.log(check, numbers.slice(0, 2000).sort()[5]);
