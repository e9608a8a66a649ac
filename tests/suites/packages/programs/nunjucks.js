'use strict';
const n = require('nunjucks');
const t = n.compile('{% for r in rows %}{{ r.n | upper | escape }}{% if loop.last %}.{% endif %}{% endfor %}');
let o;
for (let i = 0; i < 30; i++) o = t.render({ rows: Array.from({ length: 200 }, (_, i) => ({ n: '<n' + i })) });
console.log(o.length, o.slice(0, 200));
