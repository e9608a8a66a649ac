'use strict';
const { ec: E } = require('elliptic');
const ec = new E('secp256k1');
const k = ec.keyFromPrivate('1f'.repeat(32));
let ok = 0;
for (let i = 0; i < 10; i++) {
    const h = Buffer.alloc(32, i);
    const s = k.sign(h);
    ok += k.verify(h, s) ? 1 : 0;
}
console.log(ok, k.getPublic('hex'));
