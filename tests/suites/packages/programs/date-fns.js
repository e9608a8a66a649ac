'use strict';
const f = require('date-fns');
let t = new Date(Date.UTC(2020, 0, 31));
let o = '';
for (let i = 0; i < 3000; i++) {
    t = f.addDays(t, 1);
    o = f.format(t, 'yyyy-MM-dd EEEE do');
}
console.log(o);
