// Promises without async functions: long chains of then, all, race and allSettled over many, rejections.
'use strict';

function increment(value) {
    return value + 1;
}

function chain(length) {
    let promise = Promise.resolve(0);
    for (let i = 0; i < length; i++) promise = promise.then(increment);
    return promise;
}

function square(i) {
    return new Promise(function executor(resolve, reject) {
        if (i % 13 === 0) reject(new Error('thirteen'));
        else resolve(i * i);
    });
}

function add(sum, result) {
    return result.status === 'fulfilled' ? (sum + result.value) & 0xffffff : sum + 1;
}

function squares(count) {
    const all = [];
    for (let i = 0; i < count; i++) all.push(square(i));
    return Promise.allSettled(all).then((results) => results.reduce(add, 0));
}

function rounds(left, sum) {
    if (left === 0) return sum;
    return Promise.all([chain(300), squares(300), Promise.race([chain(3), chain(5)])])
        .then(function next([a, b, c]) { return rounds(left - 1, (sum + a + b + c) & 0xffffff); });
}

rounds(500, 0).then((sum) => console.log(sum));
