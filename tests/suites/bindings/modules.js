// What each module of Node's library exports, apart from what docs/not-modelled.md names.
'use strict';
const unlike = new Set(['console', 'inspector', 'inspector/promises', 'repl', 'trace_events']);
for (const name of require('module').builtinModules) {
    const there = require('module').isBuiltin(name);
    if (!unlike.has(name)) console.log(name, there, Object.keys(require(name)).sort().join());
}
console.log(require('http').METHODS.join());
require('repl');
