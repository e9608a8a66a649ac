// Ways to pass arguments: default values, rest, spread, the arguments object, apply, bind, destructuring.
'use strict';

function withDefaults(a, b = 2, c = a + b) {
    return a + b + c;
}

function sumRest(...values) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i];
    return sum;
}

function sumArguments() {
    let sum = 0;
    for (let i = 0; i < arguments.length; i++) sum += arguments[i];
    return sum;
}

function options({width = 1, height = 2, ...rest}) {
    return width * height + (rest.depth | 0);
}

function swap([a, b]) {
    return [b, a];
}

function run(rounds) {
    const list = [1, 2, 3, 4];
    const bound = sumRest.bind(null, 10);
    let sum = 0;
    for (let i = 0; i < rounds; i++) {
        sum += withDefaults(i & 3) + withDefaults(1, 5);
        sum += sumRest(1, i & 1, 3) + sumRest(...list);
        sum += sumArguments(1, 2) + sumArguments.apply(null, list) + bound(1);
        sum += options({width: 3}) + options({height: 4, depth: 5});
        sum += swap([i & 7, 1])[0];
    }
    return sum;
}

let sum = 0;
for (let round = 0; round < 100; round++) sum += run(4000);
console.log(sum);
