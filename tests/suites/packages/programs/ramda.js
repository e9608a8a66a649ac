'use strict';
const R = require('ramda');
let o;
for (let k = 0; k < 20; k++)
    o = R.pipe(
        R.map(R.multiply(2)),
        R.filter((x) => x % 3 == 0),
        R.groupBy((x) => String(x % 5)),
        R.mapObjIndexed(R.sum),
    )(R.range(0, 3000));
console.log(o);
