'use strict';
const ms = require('ms'),
    qs = require('qs'),
    semver = require('semver'),
    mm = require('minimatch');
let n = 0;
for (let i = 0; i < 3000; i++) {
    n +=
        ms(ms(i * 1000)) +
        qs.stringify(qs.parse('a[b]=' + i + '&c[]=1&c[]=2')).length +
        (semver.satisfies('1.' + (i % 30) + '.3', '>=1.5 <1.20 || 1.25.x') ? 1 : 0) +
        ((mm.minimatch || mm)('src/a' + i + '/x.js', 'src/**/*.js') ? 1 : 0);
}
console.log(n);
