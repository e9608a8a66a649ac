'use strict';
const P = require('bluebird');
P.map(
    Array.from({ length: 3000 }, (_, i) => i),
    (i) =>
        P.resolve(i)
            .then((x) => x * 2)
            .delay(0),
    { concurrency: 100 },
).then((a) => console.log(a.reduce((x, y) => x + y, 0)));
