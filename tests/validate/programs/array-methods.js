// map, filter, reduce, forEach, some, find, flatMap with callbacks, which optimized code inlines together with the
// builtin.
'use strict';

function isOdd(n) {
    return (n & 1) === 1;
}

function square(n) {
    return n * n;
}

function add(a, b) {
    return a + b;
}

function total(orders) {
    return orders
        .filter(function paid(order) { return order.paid; })
        .map(function value(order) { return order.price * order.count; })
        .reduce(add, 0);
}

function oddSquares(numbers) {
    return numbers.filter(isOdd).map(square).reduce(add, 0);
}

function search(numbers, limit) {
    let seen = 0;
    numbers.forEach(function look(n) { if (n > limit) seen++; });
    return seen + (numbers.some((n) => n === limit) ? 1 : 0) + numbers.findIndex((n) => n === limit);
}

const numbers = Array.from({length: 500}, (_, i) => i % 97);
const orders = Array.from({length: 300}, (_, i) => ({price: i % 50 + 0.25, count: i % 7, paid: i % 3 !== 0}));
let sum = 0;
for (let round = 0; round < 6000; round++) {
    sum += oddSquares(numbers) + total(orders) + search(numbers, round % 97);
}
console.log(sum, numbers.flatMap((n) => [n, n]).length);
