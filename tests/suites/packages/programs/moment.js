'use strict';
const m = require('moment');
let t = m.utc('2020-01-31');
let o = '';
for (let i = 0; i < 3000; i++) {
    t = t.clone().add(1, 'day');
    o = t.format('YYYY-MM-DD dddd Wo');
}
console.log(o);
