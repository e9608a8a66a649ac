'use strict';
const r = require('rxjs');
let o;
for (let k = 0; k < 20; k++)
    r.range(0, 3000)
        .pipe(
            r.map((x) => x * 3),
            r.filter((x) => x % 2),
            r.scan((a, b) => a + b, 0),
            r.bufferCount(50),
            r.mergeMap((a) => r.from(a)),
            r.last(),
        )
        .subscribe((x) => (o = x));
console.log(o);
