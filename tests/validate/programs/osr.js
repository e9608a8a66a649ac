// Functions that are called once and loop for long: on-stack replacement is the only way to optimized code. The
// code after each loop has no feedback when the loop is compiled.
'use strict';

function longLoop(count) {
    let x = 1;
    for (let i = 0; i < count; i++) x = (x * 5 + i) & 0xfffff;
    return x;
}

function nestedLoops(outer, inner) {
    let hits = 0;
    for (let i = 0; i < outer; i++) {
        for (let j = 0; j < inner; j++) {
            if (((i ^ j) & 3) === 0) hits++;
        }
    }
    const rest = hits % 1000;
    return [hits, rest];
}

function twoLoops(count) {
    let a = 0;
    for (let i = 0; i < count; i++) a = (a + i * 3) & 0xffff;
    let b = 0.5;
    for (let i = 0; i < count; i++) b = b * 0.999 + 1;
    return a + b;
}

console.log(longLoop(20000000));
console.log(nestedLoops(3000, 3000).join(' '));
console.log(twoLoops(5000000).toFixed(6));
