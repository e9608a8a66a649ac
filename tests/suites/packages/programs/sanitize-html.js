'use strict';
const s = require('sanitize-html');
let o;
for (let k = 0; k < 10; k++)
    o = s(
        '<div onclick="x"><b>a</b><script>alert(1)</script><a href="javascript:1">l</a><p style="c">t</p></div>'.repeat(
            100,
        ),
    );
console.log(o.length, o.slice(0, 100));
