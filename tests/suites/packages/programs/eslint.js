'use strict';
const { Linter } = require('eslint');
const l = new Linter();
const s = require('fs').readFileSync('./node_modules/qs/lib/stringify.js', 'utf8');
const m = l.verify(s, {
    rules: { 'no-unused-vars': 2, semi: 2, eqeqeq: 2, 'no-undef': 2, 'prefer-const': 2, 'no-var': 1 },
});
console.log(JSON.stringify(m.map((x) => [x.ruleId, x.line, x.column])).slice(0, 1500));
