'use strict';
const h = require('handlebars');
h.registerHelper('up', (s) => String(s).toUpperCase());
const t = h.compile(
    '{{#each rows}}<tr>{{#if ok}}<td>{{up name}}</td>{{else}}-{{/if}}{{#with x}}{{y}}{{/with}}</tr>{{/each}}',
);
let o;
for (let i = 0; i < 40; i++)
    o = t({ rows: Array.from({ length: 300 }, (_, i) => ({ name: 'n<' + i, ok: i % 3, x: { y: i } })) });
console.log(o.length, o.slice(0, 200));
