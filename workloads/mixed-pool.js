const crypto = require('crypto');
const dns = require('dns');
const fs = require('fs');
const zlib = require('zlib');

const start = performance.now();
function done(what) {
    return (err) => {
        if (err) throw err;
        console.log(`${what} after ${(performance.now() - start).toFixed(1)} ms`);
    };
}

for (let i = 0; i < 4; i++) {
    crypto.pbkdf2('secret', 'salt', 100000, 64, 'sha512', done('crypto: pbkdf2'));
}
dns.lookup('localhost', done('dns: lookup'));
fs.stat(__filename, done('fs: stat'));
zlib.gzip(Buffer.alloc(1 << 20, 'compress me '), done('zlib: gzip'));
