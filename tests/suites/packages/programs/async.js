'use strict';
const a = require('async');
a.eachLimit(
    Array.from({ length: 3000 }, (_, i) => i),
    20,
    (i, cb) => setImmediate(cb),
    () => a.waterfall([(c) => c(null, 1), (x, c) => c(null, x + 1)], (e, r) => console.log(r)),
);
