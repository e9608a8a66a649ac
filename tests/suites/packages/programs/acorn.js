'use strict';
const acorn = require('acorn');
const s = require('fs').readFileSync(require.resolve('lodash'), 'utf8');
let n = 0;
for (let i = 0; i < 5; i++) n += JSON.stringify(acorn.parse(s, { ecmaVersion: 2022 })).length;
console.log(n);
