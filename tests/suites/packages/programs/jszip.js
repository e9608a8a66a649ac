'use strict';
const J = require('jszip');
const z = new J();
for (let i = 0; i < 20; i++) z.file('f' + i + '.txt', 'hello '.repeat(500) + i, { date: new Date(0) });
z.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' })
    .then((b) => J.loadAsync(b))
    .then((z2) => z2.file('f3.txt').async('string'))
    .then((s) => console.log(s.length));
