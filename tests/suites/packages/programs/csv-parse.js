'use strict';
const { parse } = require('csv-parse/sync');
const s = 'a,b,c\n' + Array.from({ length: 3000 }, (_, i) => `${i},"q ""x"" ${i}",${i / 3}`).join('\n');
let r;
for (let k = 0; k < 5; k++) r = parse(s, { columns: true });
console.log(r.length, r[7]);
