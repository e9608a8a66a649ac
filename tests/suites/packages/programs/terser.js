'use strict';
const { minify } = require('terser');
const s =
    require('fs').readFileSync('./node_modules/lodash/lodash.js', 'utf8').slice(0, 0) +
    require('fs').readFileSync('./node_modules/qs/lib/stringify.js', 'utf8') +
    require('fs')
        .readFileSync('./node_modules/qs/lib/parse.js', 'utf8')
        .replace(/'use strict';/, '')
        .replace(/var (utils|has|isArray|defaults)\b/g, 'var $1_2');
minify(s).then(
    (r) => console.log(r.code.length, r.code.slice(0, 300)),
    (e) => console.log('E', e.message),
);
