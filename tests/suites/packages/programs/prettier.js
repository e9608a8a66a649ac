'use strict';
const p = require('prettier');
const s = require('fs').readFileSync('./node_modules/qs/lib/stringify.js', 'utf8');
p.format(s, { parser: 'babel' }).then((r) => console.log(r.length, r.slice(0, 500)));
