// Results and errors of crypto: digests, key derivation, random bytes, keys and their encodings.
'use strict';
const crypto = require('crypto');
const util = require('util');

function show(name, run) {
  try {
    const value = run();
    const bytes = Buffer.isBuffer(value) || value instanceof ArrayBuffer;
    console.log(name, bytes ? Buffer.from(value).toString('hex') : util.inspect(value, { depth: 4 }));
  } catch (error) {
    const { name: kind, code, message, library, reason, opensslErrorStack } = error;
    console.log(name, 'throws', kind, code, message, library, reason, opensslErrorStack);
  }
}

console.log(crypto.getHashes());
console.log(crypto.getCurves());
for (const digest of [...crypto.getHashes(), 'nope']) {
  show(`hash ${digest}`, () => crypto.createHash(digest).update('abc').update(Buffer.alloc(1000, 7)).digest('hex'));
  show(`hmac ${digest}`, () => crypto.createHmac(digest, 'key').update('abc').digest('base64'));
  show(`pbkdf2 ${digest}`, () => crypto.pbkdf2Sync('secret', 'salt', 3, 70, digest));
  show(`hkdf ${digest}`, () => crypto.hkdfSync(digest, 'key', 'salt', 'info', 50));
}
for (const outputLength of [0, 1, 100])
  show(`shake ${outputLength}`, () => crypto.createHash('shake256', { outputLength }).update('x').digest('hex'));
show('no extendable output', () => crypto.createHash('sha256', { outputLength: 10 }));
show('copy', () => {
  const first = crypto.createHash('sha1').update('a'), second = first.copy();
  return [first.update('b').digest('hex'), second.digest('latin1')];
});
show('digest twice', () => {
  const hash = crypto.createHash('sha1');
  return [hash.digest('hex'), hash.digest('hex')];
});
show('update after digest', () => {
  const hash = crypto.createHash('sha1');
  hash.digest();
  hash.update('a');
});
for (const [a, b] of [['a', 'a'], ['a', 'b'], ['a', 'bc']])
  show('timingSafeEqual', () => crypto.timingSafeEqual(Buffer.from(a), Buffer.from(b)));
show('timingSafeEqual of strings', () => crypto.timingSafeEqual('a', 'a'));

for (const options of [undefined, { N: 1024, r: 2, p: 3 }, { N: 1000 }, { N: 2 ** 20 }])
  show('scrypt', () => crypto.scryptSync('secret', 'salt', 32, options));
for (const [iterations, size] of [[1, 0], [0, 1], [1, -1]])
  show('pbkdf2', () => crypto.pbkdf2Sync('secret', 'salt', iterations, size, 'sha1'));
for (const size of [0, 16, -1, 2 ** 31, 'a']) show('randomBytes', () => crypto.randomBytes(size).length);
show('randomFill', () => crypto.randomFillSync(Buffer.alloc(10), 5, 3).subarray(0, 5));
show('randomFill beyond', () => crypto.randomFillSync(Buffer.alloc(10), 5, 6));
show('randomUUID', () => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  .test(crypto.randomUUID()));

// The keys are random: what can be told of any of them.
const KINDS = [
  ['rsa', { modulusLength: 1024 }], ['rsa', { modulusLength: 100 }],
  ['rsa-pss', { modulusLength: 512, hashAlgorithm: 'sha256', saltLength: 16 }],
  ['dsa', { modulusLength: 512, divisorLength: 160 }], ['dh', { group: 'modp14' }], ['dh', { group: 'modp99' }],
  ['dh', { primeLength: 64 }], ['ec', { namedCurve: 'P-256' }], ['ec', { namedCurve: 'secp256k1' }],
  ['ec', { namedCurve: 'secp521r1', paramEncoding: 'explicit' }], ['ec', { namedCurve: 'nope' }],
  ['ed25519', {}], ['ed448', {}], ['x25519', {}], ['x448', {}], ['nope', {}],
];

function roundTrip(kind, options) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync(kind, options);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  // One in 256 salts makes bytes of the wrong passphrase that end like a padding: then another error comes.
  let encrypted, wrong = {};
  for (let tried = 0; tried < 6 && wrong.code !== 'ERR_OSSL_BAD_DECRYPT'; tried++) {
    encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
    try { crypto.createPrivateKey({ key: encrypted, passphrase: 'other' }); wrong = {}; } catch (error) { wrong = error; }
  }
  show(`${kind} wrong passphrase`, () => crypto.createPrivateKey({ key: encrypted, passphrase: 'other' }));
  show(`${kind} no passphrase`, () => crypto.createPrivateKey(encrypted));
  return [publicKey, privateKey, privateKey.asymmetricKeyType, privateKey.asymmetricKeyDetails, pem.split('\n')[0],
          crypto.createPrivateKey(pem).equals(privateKey), crypto.createPublicKey(pem).equals(publicKey),
          crypto.createPublicKey({ key: der, type: 'spki', format: 'der' }).equals(publicKey),
          crypto.createPrivateKey({ key: encrypted, passphrase: 'secret' }).equals(privateKey)];
}

function encoded(kind, options, publicType, privateType, format) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync(kind, {
    ...options, publicKeyEncoding: { type: publicType, format }, privateKeyEncoding: { type: privateType, format } });
  if (format === 'jwk')
    return [Object.keys(publicKey), Object.keys(privateKey), publicKey.kty, publicKey.crv];
  if (format === 'der') return [Buffer.isBuffer(publicKey), Buffer.isBuffer(privateKey)];
  return [publicKey.split('\n')[0], privateKey.split('\n')[0]];
}

for (const [kind, options] of KINDS) {
  show(kind, () => roundTrip(kind, options));
  for (const [publicType, privateType] of [['pkcs1', 'pkcs1'], ['spki', 'sec1'], ['spki', 'pkcs8']])
    for (const format of ['pem', 'der', 'jwk'])
      show([kind, publicType, privateType, format].join(), () => encoded(kind, options, publicType, privateType, format));
}
for (const text of ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'hello']) {
  show('no private key', () => crypto.createPrivateKey(text));
  show('no public key', () => crypto.createPublicKey(text));
}
show('secret key', () => crypto.createSecretKey(Buffer.from('abc')).export({ format: 'jwk' }));
show('generateKey', () => crypto.generateKeySync('aes', { length: 256 }).symmetricKeySize);
show('HMAC by a key', () => crypto.createHmac('sha1', crypto.createSecretKey(Buffer.from('abc'))).digest('hex'));

async function later() {
  const calls = [
    ['pbkdf2', 'secret', 'salt', 1000, 64, 'sha512'], ['scrypt', 'secret', 'salt', 32],
    ['hkdf', 'sha256', 'key', 'salt', 'info', 32], ['generateKeyPair', 'ec', { namedCurve: 'P-384' }],
    ['generateKeyPair', 'rsa', { modulusLength: 100 }],
  ];
  for (const [name, ...args] of calls)
    console.log(name, await util.promisify(crypto[name])(...args).catch((error) => [error.code, error.message]));
  console.log(await crypto.subtle.digest('SHA-256', Buffer.from('abc')));
}
later();
