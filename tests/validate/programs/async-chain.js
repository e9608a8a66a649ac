// async functions that await values, promises and each other, in sequence: every await is a microtask.
'use strict';

async function leaf(value) {
    return value + 1;
}

async function middle(value) {
    const a = await leaf(value);
    const b = await leaf(a);
    return a + b;
}

async function top(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
        sum = (sum + await middle(i)) & 0xffffff;
        if ((i & 1023) === 0) await null;
    }
    return sum;
}

async function failing(i) {
    if (i % 10 === 0) throw new RangeError('ten');
    return i;
}

async function tolerant(count) {
    let caught = 0;
    for (let i = 0; i < count; i++) {
        try {
            await failing(i);
        } catch {
            caught++;
        }
    }
    return caught;
}

async function main() {
    console.log(await top(200000));
    console.log(await tolerant(60000));
}

main();
