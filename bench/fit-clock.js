// node bench/fit-clock.js: what reading clocks costs on the real node, for "node.clock_read" and
// "node.getrusage" of profiles/default. Lower quartile of 31 batches, CPU ns a call, loop taken off.
'use strict';
const {performance} = require('perf_hooks');
const N = 200000;
const bodies = {
    'empty loop': (n) => { let s = 0; for (let i = 0; i < n; i++) s += i; return s; },
    'Date.now()': (n) => { let s = 0; for (let i = 0; i < n; i++) s += Date.now(); return s; },
    'performance.now()': (n) => { let s = 0; for (let i = 0; i < n; i++) s += performance.now(); return s; },
    'process.hrtime.bigint()': (n) => { let s; for (let i = 0; i < n; i++) s = process.hrtime.bigint(); return s; },
    'process.cpuUsage()': (n) => { let s = 0; for (let i = 0; i < n; i++) s += process.cpuUsage().user; return s; },
};
const cpu = () => { const {user, system} = process.cpuUsage(); return (user + system) * 1000; };
let loop = 0;
for (const [name, body] of Object.entries(bodies)) {
    for (let i = 0; i < 5; i++) body(N / 10);
    const times = Array.from({length: 31}, () => { const t = cpu(); body(N); return (cpu() - t) / N; });
    const time = times.sort((a, b) => a - b)[8];
    console.log(name.padEnd(24), (time - loop).toFixed(1));
    if (!loop) loop = time;
}
