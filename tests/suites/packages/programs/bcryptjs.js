'use strict';
const b = require('bcryptjs');
console.log(b.hashSync('pw', '$2a$08$abcdefghijklmnopqrstuu'));
