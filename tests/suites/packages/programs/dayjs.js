'use strict';
const d = require('dayjs');
let t = d('2020-01-31T00:00:00Z');
let o = '';
for (let i = 0; i < 3000; i++) {
    t = t.add(1, 'day');
    o = t.format('YYYY-MM-DD dddd');
}
console.log(o, t.diff(d('2020-01-01'), 'month'));
