// The CPU time of one call of each operation in ns, as JSON. Under nsim the clock is virtual and one
// round says all; the real node is disturbed by others, so the least of many rounds counts.
'use strict';
const crypto = require('crypto');
const zlib = require('zlib');
const { performance } = require('perf_hooks');

const simulated = process.env.SIMULATED === '1';
const rounds = simulated ? 1 : 15;

function now() {
  if (simulated) return performance.now() * 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

const figures = {};
function measure(name, run, calls) {
  run();
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = now();
    for (let i = 0; i < calls; i++) run();
    least = Math.min(least, (now() - start) / calls);
  }
  figures[name] = Math.round(least);
}

// Contents that no constant was measured on.
let state = 1;
const random = (n) => (state = (state * 48271) % 2147483647) % n;
const json = Buffer.from(JSON.stringify(Array.from({ length: 1500 }, (_, id) => ({
  id, name: 'user' + random(1e6), tags: ['a', 'b', 'c'].slice(random(3)), score: random(1e4) / 100 }))));
const base64 = Buffer.from(Buffer.from(Array.from({ length: 75000 }, () => random(2 ** 31) >> 16)).toString('base64'));
const repeated = Buffer.from('hello world, '.repeat(10000));

const block = Buffer.alloc(100000, 5);
for (const digest of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-512', 'blake2b512', 'shake128'])
  measure(`hash ${digest}`, () => crypto.createHash(digest).update(block).digest(), 20);
measure('hmac sha256', () => crypto.createHmac('sha256', 'key').update(block).digest(), 20);
measure('random bytes', () => crypto.randomFillSync(block), 100);
measure('timing-safe comparison', () => crypto.timingSafeEqual(block, block), 100);

let salt = 0;
for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'])
  for (const size of [20, 200])
    measure(`pbkdf2 ${digest} ${size}`, () => crypto.pbkdf2Sync('secret', `${salt++}`, 500, size, digest), 10);
measure('scrypt', () => crypto.scryptSync('secret', 'salt', 64), 2);
measure('scrypt of little memory', () => crypto.scryptSync('secret', 'salt', 64, { N: 1024, r: 4, p: 2 }), 5);
measure('hkdf', () => crypto.hkdfSync('sha512', 'key', 'salt', 'info', 5000), 50);

for (const namedCurve of ['P-256', 'P-384', 'secp256k1'])
  measure(`key pair ${namedCurve}`, () => crypto.generateKeyPairSync('ec', { namedCurve }), 10);
measure('key pair ed25519', () => crypto.generateKeyPairSync('ed25519'), 20);
const publicKeyEncoding = { type: 'spki', format: 'pem' }, privateKeyEncoding = { type: 'pkcs8', format: 'pem' };
measure('key pair ed25519 as PEM', () =>
  crypto.generateKeyPairSync('ed25519', { publicKeyEncoding, privateKeyEncoding }), 20);
measure('key pair ed25519 as encrypted PEM', () => crypto.generateKeyPairSync('ed25519', {
  publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, cipher: 'aes-256-cbc', passphrase: 'secret' } }), 10);

for (const [content, bytes] of Object.entries({ json, base64, repeated })) {
  for (const level of [1, 6, 9])
    measure(`deflate ${level} ${content}`, () => zlib.deflateSync(bytes, { level }), 4);
  const gzip = zlib.gzipSync(bytes);
  measure(`gunzip ${content}`, () => zlib.gunzipSync(gzip), 20);
}
const brotli = zlib.brotliCompressSync(json);
measure('brotli decode', () => zlib.brotliDecompressSync(brotli), 20);
for (const quality of [1, 5, 9, 11]) {
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
  measure(`brotli ${quality}`, () => zlib.brotliCompressSync(json, { params }), 4);
}
console.log(JSON.stringify(figures, null, 1));
