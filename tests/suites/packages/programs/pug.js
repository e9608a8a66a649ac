'use strict';
const p = require('pug');
const f = p.compile(
    'doctype html\nhtml\n  body\n    each r in rows\n      if r.ok\n        p.cls(id=r.id)= r.n\n      else\n        | none #{r.n}',
);
let o;
for (let i = 0; i < 40; i++)
    o = f({ rows: Array.from({ length: 200 }, (_, i) => ({ ok: i % 2, id: 'i' + i, n: '<' + i })) });
console.log(o.length, o.slice(0, 200));
