'use strict';
const K = require('koa');
const a = new K();
a.use(async (c, n) => {
    await n();
});
console.log(a.middleware.length, typeof a.callback());
