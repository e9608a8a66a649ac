// What the scavenger's work costs in the real node: by objects and bytes that are copied, by slots of old objects and of large
// arrays that a scavenge promotes, by backing stores that are freed, by pages that are written to first.
//
//   chrt -r 1 node --expose-gc --single-threaded-gc --min-semi-space-size=16 --max-semi-space-size=16 bench/fit-scavenge.js
//   node --expose-gc bench/fit-scavenge.js post
//   chrt -r 1 node --expose-gc --single-threaded-gc bench/fit-scavenge.js cold
//   chrt -r 1 node --expose-gc bench/fit-scavenge.js commit
//   chrt -r 1 node --expose-gc bench/fit-scavenge.js wake
//   chrt -r 1 node --expose-gc --min-semi-space-size=16 --max-semi-space-size=16 bench/fit-scavenge.js large
//
// Each line is a scavenge's time (gc({type: 'minor'})) beyond that of one that finds nothing, divided by what it found: the
// median of 21. Times are this machine's; those of profiles/default are longer by the machine's speed (tools/validate speed).
'use strict';

const ROUNDS = 21;
const MB = 1 << 20;

function minor() {
    const start = process.hrtime.bigint();
    gc({type: 'minor'});
    return Number(process.hrtime.bigint() - start);
}

function median(list) {
    return list.sort((a, b) => a - b)[list.length >> 1];
}

let kept; // what is measured

function scavenge(make, n) {
    const times = [];
    for (let i = 0; i < ROUNDS; i++) {
        kept = null;
        minor();
        minor();
        kept = make(n);
        times.push(minor());
    }
    kept = null;
    return median(times);
}

function each(what, make, n, unit = 1) {
    const ns = (scavenge(make, n) - scavenge(make, 0)) / n / unit;
    console.log(what.padEnd(60), ns.toFixed(2).padStart(9), 'ns');
    return ns;
}

// -- Objects --------------------------------------------------------------------------------------

class Words4 { constructor(next) { this.next = next; } }
class Words7 { constructor(next) { this.next = next; this.b = this.c = this.d = next; } }
class Words15 {
    constructor(next) {
        this.next = next;
        this.b = this.c = this.d = this.e = this.f = this.g = this.h = this.i = this.j = this.k = this.l = 1;
    }
}
for (const Class of [Words4, Words7, Words15]) // slack tracking ends
    for (let i = 0; i < 100; i++) new Class(null);

function list(Class, gap) {
    return (n) => {
        let head = null;
        for (let i = 0; i < n; i++) {
            head = new Class(head);
            for (let k = 0; k < gap; k++) kept = new Words7(1);
        }
        return head;
    };
}

// Arrays of 500, in an array.
function arrays(Class) {
    return (n) => {
        const all = [];
        for (let i = 0; i < n; i += 500) {
            const part = [];
            for (let k = 0; k < 500; k++) part.push(new Class(1));
            all.push(part);
        }
        return all;
    };
}

function objects() {
    for (const Class of [Words4, Words7, Words15])
        for (const gap of [0, 2]) each(`${Class.name} in a list, ${gap} dead ones behind each`, list(Class, gap), 16000);
    for (const Class of [Words4, Words7, Words15]) each(`${Class.name} in arrays of 500`, arrays(Class), 16000);
}

// -- Slots ----------------------------------------------------------------------------------------

function slots() {
    const old = new Array(16000).fill(0);
    gc();
    function fill(Class, gap) {
        return (n) => {
            old.fill(0);
            for (let i = 0; i < n; i++) {
                old[i] = new Class(1);
                for (let k = 0; k < gap; k++) kept = new Words7(1);
            }
        };
    }
    function same(n) {
        old.fill(0);
        const one = new Words4(1);
        for (let i = 0; i < n; i++) old[i] = one;
    }
    for (const Class of [Words4, Words7, Words15])
        for (const gap of [0, 2]) each(`${Class.name} in an old array, ${gap} dead ones behind each`, fill(Class, gap), 16000);
    each('slot of an old array, all to one object', same, 16000);
    old.fill(0);
}

// -- Large arrays ---------------------------------------------------------------------------------

function large() {
    const someOld = {x: 1};
    gc();
    const filled = (value, n) => {
        const array = new Array(n);
        for (let i = 0; i < n; i++) array[i] = value(i);
        return array;
    };
    const numbers = (n) => {
        const array = new Array(n);
        if (n) array[0] = someOld;
        for (let i = 1; i < n; i++) array[i] = i + 0.5;
        return array;
    };
    each('Smi in a large array', (n) => filled((i) => i, n), 80000);
    each('double in a large array', (n) => filled((i) => i + 0.5, n), 80000);
    each('old object in a large array', (n) => filled(() => someOld, n), 80000);
    each('one young object in a large array', (n) => {
        const young = {x: 1};
        return filled(() => young, n);
    }, 80000);
    each('HeapNumber in a large array, with the number', numbers, 40000);
}

// -- Backing stores -------------------------------------------------------------------------------

function stores() {
    const make = (size) => (n) => {
        for (let i = 0; i < n; i++) Buffer.allocUnsafeSlow(size).fill(1);
    };
    for (const size of [128, 1024, 4096, 16384]) each(`store of ${size} bytes`, make(size), 1500);
    each('KiB of stores of 1 MiB, which are reused', make(MB), 24, 1024);
    // Each larger than all before: it has a mapping of its own.
    for (let size = 2 * MB; size <= 16 * MB; size *= 2) {
        const before = scavenge(make(size), 0);
        minor();
        make(size)(4);
        const ns = (minor() - before) / 4 / (size / 1024);
        console.log(`KiB of 4 mappings of ${size / MB} MiB`.padEnd(60), ns.toFixed(2).padStart(9), 'ns');
    }
}

function post() {
    const times = [[], []];
    for (let i = 0; i < 600; i++) {
        minor();
        wait(300);
        if (i & 1) Buffer.allocUnsafeSlow(1024);
        times[i & 1].push(minor());
        wait(300);
    }
    console.log('a scavenge that posts a task takes longer by', median(times[1]) - median(times[0]), 'ns');
}

// The first two scavenges of a process, by the size of the semi-space that the first has to commit; with low throughput, new
// space shrinks, and each scavenge takes the pages from the pool.
function commit() {
    const {spawnSync} = require('child_process');
    const child = (size) => {
        const flags = ['--expose-gc', '--single-threaded', `--min-semi-space-size=${size}`, '--max-semi-space-size=16'];
        const runs = [];
        for (let i = 0; i < ROUNDS; i++)
            runs.push(JSON.parse(spawnSync(process.execPath, [...flags, __filename, 'first'], {encoding: 'utf8'}).stdout));
        return runs[0].map((_, i) => median(runs.map((run) => run[i])));
    };
    const [small, big] = [child(1), child(16)];
    console.log('the first scavenges of a process, semi-spaces of 1 MiB'.padEnd(60), small.join(' '), 'ns');
    console.log('the same, of 16 MiB'.padEnd(60), big.join(' '), 'ns');
    console.log('page that the first commits'.padEnd(60), ((big[0] - small[0]) / 60).toFixed(0).padStart(9), 'ns');
}

function first() {
    console.log(JSON.stringify([minor(), minor(), minor(), minor()]));
}

function wait(us) {
    const end = process.hrtime.bigint() + BigInt(us) * 1000n;
    while (process.hrtime.bigint() < end);
}

// Large arrays that died; the line of none at all is what it takes to commit a semi-space from the pool.
function dead() {
    for (let i = 0; i < 30; i++) {
        kept = new Array(20000);
        kept = null;
        minor();
    }
    for (const [n, length] of [[0, 0], [4, 20000], [16, 20000], [2, 160000], [4, 160000]]) {
        const times = [];
        for (let i = 0; i < ROUNDS; i++) {
            for (let k = 0; k < n; k++) kept = new Array(length).fill(1);
            kept = null;
            times.push(minor());
            minor();
            wait(2000);
        }
        console.log(`a scavenge of ${n} large arrays of ${length} that died`.padEnd(60), String(median(times)).padStart(9), 'ns');
    }
}

// Objects in an array, copied and promoted, with parallel tasks and without: what waking their threads takes.
function wake() {
    const {spawnSync} = require('child_process');
    for (const size of [1, 16]) {
        const run = (flag) => JSON.parse(spawnSync(process.execPath, ['--expose-gc', flag, `--min-semi-space-size=${size}`,
            `--max-semi-space-size=${size}`, __filename, 'tasks'], {encoding: 'utf8'}).stdout);
        const [parallel, alone] = [run('--parallel-scavenge'), run('--no-parallel-scavenge')];
        for (const [i, n] of TASKS.entries())
            console.log(`${n} objects, semi-spaces of ${size} MiB: copied, promoted`.padEnd(60),
                parallel[i].map((ns, k) => String(ns - alone[i][k]).padStart(9)).join(''), 'ns more with tasks');
    }
}

const TASKS = [0, 128, 256, 512, 1024, 2048];

function tasks() {
    console.log(JSON.stringify(TASKS.map((n) => {
        const copied = [], promoted = [];
        for (let i = 0; i < 2 * ROUNDS; i++) {
            kept = null;
            minor();
            minor();
            wait(300);
            kept = [];
            for (let k = 0; k < n; k++) kept.push(new Words7(1));
            copied.push(minor());
            wait(300);
            promoted.push(minor());
        }
        return [median(copied), median(promoted)];
    })));
}

// Behind a program that writes to so much memory.
function cold() {
    const memory = Buffer.alloc(64 * MB, 1);
    for (const written of [0, 1, 4, 8, 12, 16, 20, 24, 28, 32, 64]) {
        const times = [];
        for (let i = 0; i < 2 * ROUNDS; i++) {
            minor();
            memory.fill(i, 0, written * MB);
            times.push(minor());
        }
        console.log(`a scavenge of nothing behind ${written} MiB`.padEnd(60), String(median(times)).padStart(9), 'ns');
    }
}

const modes = {post, cold, commit, first, wake, tasks, large: dead};
if (process.argv[2]) {
    modes[process.argv[2]]();
} else {
    console.log('a scavenge of nothing'.padEnd(60), String(scavenge(() => null, 0)).padStart(9), 'ns');
    objects();
    slots();
    large();
    stores();
}
