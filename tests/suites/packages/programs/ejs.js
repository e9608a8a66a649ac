'use strict';
const e = require('ejs');
const f = e.compile('<% for(const r of rows){ %><li class="<%= r.c %>"><%- r.n %></li><% } %>');
let o;
for (let i = 0; i < 60; i++) o = f({ rows: Array.from({ length: 300 }, (_, i) => ({ c: 'c&' + i, n: i })) });
console.log(o.length, o.slice(0, 200));
