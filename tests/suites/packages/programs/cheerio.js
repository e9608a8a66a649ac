'use strict';
const c = require('cheerio');
const $ = c.load(
    '<ul>' +
        Array.from({ length: 1500 }, (_, i) => `<li class="c${i % 7}"><a href="#${i}">t${i}</a></li>`).join('') +
        '</ul>',
);
let n = 0;
for (let k = 0; k < 10; k++) {
    n += $('li.c3 > a')
        .map((i, e) => $(e).attr('href').length)
        .get()
        .reduce((a, b) => a + b, 0);
    $('li.c2').addClass('z' + k);
}
console.log(n, $.html().length);
