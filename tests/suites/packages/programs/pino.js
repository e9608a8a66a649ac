'use strict';
const p = require('pino')({ level: 'silent' }, { write() {} });
const p2 = require('pino')(
    { base: null, timestamp: false },
    {
        write(s) {
            n += s.length;
        },
    },
);
let n = 0;
for (let i = 0; i < 20000; i++) {
    p.info('x');
    p2.info({ i, a: { b: 1 } }, 'hello %d', i);
}
console.log(n);
