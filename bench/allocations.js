#!/usr/bin/env node
// node bench/allocations.js PROGRAM.js: what the functions of a program allocate in the real node, what dies at once
// with it (V8's sampling heap profiler), to compare with "where it allocates" of nsim run. V8's flags go before the file.
'use strict';

const {Session} = require('inspector');
const path = require('path');

const INTERVAL = 256, SHOWN = 16, MB = 1e6;
const session = new Session();

function print({head}) {
    const bytes = new Map();
    const walk = (node) => {
        const {functionName, url, lineNumber} = node.callFrame;
        const name = `${functionName || '(anonymous)'} (${path.basename(url)}:${lineNumber + 1})`;
        bytes.set(name, (bytes.get(name) || 0) + node.selfSize);
        node.children.forEach(walk);
    };
    walk(head);
    for (const [name, size] of [...bytes].sort((a, b) => b[1] - a[1]).slice(0, SHOWN))
        console.error(`${(size / MB).toFixed(2).padStart(9)} MB  ${name}`);
}

if (!process.argv[2]) {
    console.error('usage: node [FLAGS OF V8] bench/allocations.js PROGRAM.js');
    process.exit(2);
}
session.connect();
session.post('HeapProfiler.startSampling', {
    samplingInterval: INTERVAL, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true,
});
process.on('exit', () => session.post('HeapProfiler.stopSampling', (error, made) => print(made.profile)));
require(path.resolve(process.argv[2]));
