// {x, y} and {y, x} have different hidden classes: a function that saw only one of them deopts on the other with
// "wrong map", and is polymorphic from then on.
'use strict';

function makeXY(x, y) {
    return {x: x, y: y};
}

function makeYX(x, y) {
    return {y: y, x: x};
}

function manhattan(point) {
    return point.x + point.y;
}

function sumXY(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += manhattan(makeXY(i & 255, 1));
    return sum;
}

function sumYX(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += manhattan(makeYX(i & 255, 1));
    return sum;
}

function sumBoth(points, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < points.length; i++) sum += manhattan(points[i]);
    }
    return sum;
}

const points = [];
for (let i = 0; i < 1000; i++) points.push(i % 3 ? makeXY(i, 2) : makeYX(i, 2));
console.log(sumXY(2000000));
console.log(sumYX(2000000));
console.log(sumBoth(points, 3000));
