'use strict';
const md = require('markdown-it')({ html: true, linkify: true, typographer: true });
const s = '# T\n\npara *em* **b** `c` [l](http://x) "q" ... --\n\n- a\n  - b\n\n> q\n\n1. x\n2. y\n\n'.repeat(60);
let o;
for (let i = 0; i < 15; i++) o = md.render(s);
console.log(o.length, o.slice(0, 300));
