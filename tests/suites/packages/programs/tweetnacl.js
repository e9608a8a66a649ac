'use strict';
const n = require('tweetnacl');
const k = n.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
let r = 0;
for (let i = 0; i < 10; i++) {
    const m = new Uint8Array(200).fill(i);
    r += n.sign.detached.verify(m, n.sign.detached(m, k.secretKey), k.publicKey) ? 1 : 0;
}
console.log(r);
