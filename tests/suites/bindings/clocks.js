// What reading a clock costs, and what process.cpuUsage() counts.
'use strict';
const {performance} = require('perf_hooks');
const {pbkdf2, pbkdf2Sync} = require('crypto');

const polls = {
    'Date.now': () => Date.now(),
    'performance.now': () => performance.now(),
    'process.hrtime': () => process.hrtime(),
    'process.hrtime.bigint': () => process.hrtime.bigint(),
};
const CALLS = 100000;
for (const [name, poll] of Object.entries(polls)) {
    let least = Infinity; // other work on the machine only adds
    for (let round = 0; round < 10; round++) {
        const start = process.hrtime.bigint();
        for (let i = 0; i < CALLS; i++) poll();
        least = Math.min(least, Number(process.hrtime.bigint() - start) / CALLS);
    }
    console.log(`${name}: over 15 ns ${least > 15}, under 150 ns ${least < 150}`);
}

const user = (since) => process.cpuUsage(since).user;
const TASKS = 8, ITERATIONS = 20000;
let before = process.cpuUsage();
pbkdf2Sync('password', 'salt', ITERATIONS, 64, 'sha512');
const one = user(before);
before = process.cpuUsage();
let left = TASKS;
for (let i = 0; i < TASKS; i++)
    pbkdf2('password', 'salt', ITERATIONS, 64, 'sha512', () => {
        if (--left === 0) console.log('threads of the pool count:', user(before) > one * TASKS * 0.5);
    });
