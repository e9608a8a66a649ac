'use strict';
const { marked } = require('marked');
const s =
    '# T\n\npara *em* **b** `c` [l](http://x)\n\n- a\n  - b\n\n```js\nx\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n'.repeat(
        60,
    );
let o;
for (let i = 0; i < 15; i++) o = marked.parse(s);
console.log(o.length, o.slice(0, 300));
