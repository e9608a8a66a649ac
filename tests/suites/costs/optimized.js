'use strict';
// What calls, closures, contexts and allocation cost in TurboFan's code, in ns of CPU time of so many rounds.
const cpu = () => process.cpuUsage().user;
const identity = (x) => x, next = (x) => x + 1 | 0, previous = (x) => x - 1 | 0, odd = (x) => x ^ 3;
const functions = [identity, next, previous, odd];
const compose = (f, g) => (x) => f(g(x));
const composed = compose(compose(identity, next), compose(next, compose(previous, odd)));
const large = new Function('x', 'if (x > -1) return x;' + // not inlined
    Array.from({ length: 80 }, (_, i) => `x = x * ${i} + x % 7;`).join(''));
const kept = new Array(16).fill(null), holder = { f: null };
let outer = 0;
class One { m(x) { return x; } }
class Two { m(x) { return x + 1 | 0; } }
const two = [new One(), new Two()];
const adder = (a) => (b) => a + b | 0;
const loops = {
    'an inlined call of a closure': (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + adder(i & 7)(s)) | 0; return s; },
    'a call': (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + large(i)) | 0; return s; },
    'calls of four functions': (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + functions[i & 3](i)) | 0; return s; },
    'eight calls of closures': (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + composed(i)) | 0; return s; },
    'methods of two classes': (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + two[i & 1].m(i)) | 0; return s; },
    'a closure': (n) => { let a, i = 0; while (i < n) { i++; a = () => 1; } return a; },
    'a closure that is kept': (n) => { let i = 0; while (i < n) { i++; holder.f = () => 1; } },
    'a context of a block': (n) => { let a, i = 0; while (i < n) { const j = i++; if (j < 0) a = () => j; } return a; },
    'a context of a loop': (n) => { let a; for (let i = 0; i < n; i++) { if (i < 0) a = () => i; } return a; },
    'a closure of a loop': (n) => { let a; for (let i = 0; i < n; i++) { a = () => i; } return a; },
    'a closure of a function': (n) => { let a, i = 0; while (i < n) { a = adder(i++); } return a; },
    'an outer variable': (n) => { for (let i = 0; i < n; i++) outer = (outer + i) | 0; return outer; },
};
const ns = {}, n = 20000;
for (const [name, loop] of Object.entries(loops)) {
    const rounds = process.env.SIMULATED ? 100 : 300, times = [];
    for (let round = 0; round < rounds; round++) {
        const start = cpu();
        loop(n);
        times.push(cpu() - start);
    }
    const last = times.slice(rounds >> 1).sort((a, b) => a - b);
    ns[name] = last[last.length >> 1] * 1000;
}
console.log(JSON.stringify(ns));
