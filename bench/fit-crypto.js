#!/usr/bin/env node
// Measures what the crypto and zlib bindings and a lookup cost in CPU time on this machine: the
// constants of profiles/default/crypto.json, zlib.json and dns.json, as the real Node 20 has them.
//
//   node --no-warnings --expose-internals bench/fit-crypto.js [crypto|zlib|dns]
//
// CPU time is process.cpuUsage's, so that other processes do not count as such. They still disturb
// caches and clock rates, so a figure is the lowest eighth of many short rounds. Making a key is
// a search of random length; its figures are means.
'use strict';
const crypto = require('crypto');
const zlib = require('zlib');
const { internalBinding } = require('internal/test/binding');

const ROUNDS = 41;

function cpuNs(run) {
  const before = process.cpuUsage();
  run();
  const used = process.cpuUsage(before);
  return (used.user + used.system) * 1000;
}

// CPU in ns of one call: the lowest eighth of rounds of at least 4 ms each.
function cost(run, rounds = ROUNDS) {
  let calls = 1;
  while (cpuNs(() => repeat(run, calls)) < 4e6) calls *= 2;
  const times = Array.from({ length: rounds }, () => cpuNs(() => repeat(run, calls)) / calls);
  return times.sort((a, b) => a - b)[rounds >> 3];
}

function repeat(run, calls) {
  for (let i = 0; i < calls; i++) run();
}

function mean(run, count) {
  return cpuNs(() => repeat(run, count)) / count;
}

const figures = {};
function put(name, value, unit, what) {
  const path = name.split('.'), last = path.pop();
  const group = path.reduce((object, part) => object[part] ??= {}, figures);
  const part = process.argv[2] || 'all';
  const source = `measured: node --expose-internals bench/fit-crypto.js ${part}; ${what}`;
  group[last] = { value: value < 10 ? Number(value.toPrecision(3)) : Math.round(value), unit, source };
}

// Text as logs and JSON have it: neither random nor all alike. The same on every run.
function text(size) {
  let state = 1, out = '';
  const next = (n) => (state = (state * 48271) % 2147483647) % n;
  const words = Array.from({ length: 400 }, () => next(1e9).toString(36).slice(0, 2 + next(7)));
  while (out.length < size)
    out += `{"id":${next(1e6)},"user":"${words[next(400)]}","text":"${words[next(60)]} ${words[next(400)]}"}\n`;
  return Buffer.from(out.slice(0, size));
}

const DIGESTS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-256', 'sha3-256', 'sha3-512',
                 'ripemd160', 'blake2b512', 'blake2s256'];
const EXTENDABLE = ['shake128', 'shake256'];

function fitCrypto() {
  const tiny = Buffer.alloc(1);
  put('call', cost(() => crypto.randomFillSync(tiny)), 'ns', 'randomFillSync of one byte');
  for (const name of [...DIGESTS, ...EXTENDABLE]) fitHash(name);
  for (const part of ['open', 'byte'])
    put(`hash.other.${part}`, figures.hash['sha3-256'][part].value, figures.hash['sha3-256'][part].unit, 'as sha3-256');
  const big = Buffer.alloc(1 << 18), other = Buffer.alloc(1 << 18);
  put('compare', cost(() => crypto.timingSafeEqual(big, other)) * 1000 / big.length, 'ps',
      'for each byte of timingSafeEqual, of 256 KiB');
  put('random', cost(() => crypto.randomFillSync(big)) * 1000 / big.length, 'ps',
      'for each byte, of 256 KiB');
  for (const name of DIGESTS) {
    const size = crypto.createHash(name).digest().length, n = 4000;
    put(`pbkdf2.${name}`, cost(() => crypto.pbkdf2Sync('secret', 'salt', n, size, name)) * 1000 / n,
        'ps', 'for each iteration and block, of 4,000');
  }
  put('pbkdf2.other', figures.pbkdf2['sha3-256'].value, 'ps', 'for each iteration and block; as sha3-256');
  put('scrypt', cost(() => crypto.scryptSync('secret', 'salt', 32), 25) * 1000 / (16384 * 8), 'ps',
      'for each N x r x p, of the default: N 16,384, r 8, p 1');
  fitKeys();
  fitKeyEncodings();
}

// A hash below lib/crypto: what it costs beyond its bytes, and for each byte.
function fitHash(name) {
  const { Hash, getCachedAliases } = internalBinding('crypto');
  const block = Buffer.alloc(1 << 16, 1);
  crypto.createHash(name); // its number is cached
  const aliases = getCachedAliases();
  put(`hash.${name}.open`, cost(() => new Hash(name, undefined, aliases[name], aliases).digest('hex')), 'ns',
      'making and digest, of no bytes');
  put(`hash.${name}.byte`, cost(() => crypto.createHash(name).update(block).digest()) * 1000 / block.length,
      'ps', 'of 64 KiB');
}

function fitKeys() {
  for (const curve of ['prime256v1', 'secp224r1', 'secp256k1', 'secp384r1', 'secp521r1'])
    put(`keygen.${curve}`, cost(() => crypto.generateKeyPairSync('ec', { namedCurve: curve })), 'ns', 'EC');
  put('keygen.ec', figures.keygen.secp521r1.value, 'ns', 'other curves, as secp521r1');
  for (const type of ['ed25519', 'x25519', 'ed448', 'x448'])
    put(`keygen.${type}`, cost(() => crypto.generateKeyPairSync(type)), 'ns', 'key pair');
  put('keygen.rsa2048', mean(() => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), 60), 'ns',
      'mean of 60; grows with the 4th power of the size');
  put('keygen.dsa2048', mean(() => crypto.generateKeyPairSync('dsa', { modulusLength: 2048 }), 40), 'ns',
      'mean of 40, parameters included; grows with the 4th power of the size');
  put('keygen.dh512', mean(() => crypto.generateKeyPairSync('dh', { primeLength: 512 }), 30), 'ns',
      'mean of 30, a safe prime included; grows with the 5th power of the size');
  put('keygen.dh_known2048', cost(() => crypto.generateKeyPairSync('dh', { group: 'modp14' })), 'ns',
      'group or prime given; grows with the 3rd power of the size');
}

function fitKeyEncodings() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = { type: 'spki', format: 'pem' }, pkcs8 = { type: 'pkcs8', format: 'pem' };
  const write = cost(() => privateKey.export(pkcs8));
  const encrypt = { ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'secret' };
  const privatePem = privateKey.export(pkcs8), publicPem = publicKey.export(spki);
  put('key.write', write, 'ns', 'SPKI or PKCS#8, of a P-256 key');
  put('key.encrypt', cost(() => privateKey.export(encrypt)) - write, 'ns',
      'beyond that, with a passphrase; as much to decrypt');
  put('key.read_private', cost(() => crypto.createPrivateKey(privatePem)), 'ns', 'of PEM, a P-256 key');
  put('key.read_public', cost(() => crypto.createPublicKey(publicPem)), 'ns', 'of PEM, a P-256 key');
}

// Contents from the most to the least compressible. Between them the cost goes by what deflate makes
// of a sample.
function contents(size) {
  let state = 7;
  const noise = Buffer.from(Array.from({ length: size }, () => (state = (state * 48271) % 2147483647) >> 16));
  return { zeros: Buffer.alloc(size), text: text(size), digits: Buffer.from(noise.toString('hex').slice(0, size)),
           noise };
}

function fitZlib() {
  const plain = contents(1 << 18);
  put('call', writeCost(), 'ns', 'a write of one byte to a deflate stream');
  fitOpening(figures.call.value);
  for (const name of ['zeros', 'text', 'digits']) {
    const sample = plain[name].subarray(0, 8192);
    put(`ratio.${name}`, zlib.deflateRawSync(sample, { level: 1 }).length / sample.length, 'ratio',
        'packed size by plain size of 8 KiB of this content, raw deflate, level 1');
  }
  for (let level = 0; level <= 9; level++)
    fitContents(`deflate.${level}`, plain, (bytes) => zlib.deflateSync(bytes, { level }), (bytes) => bytes);
  fitContents('inflate', plain, (bytes) => zlib.inflateSync(bytes), (bytes) => zlib.deflateSync(bytes));
  for (let quality = 0; quality <= 11; quality++) {
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
    fitContents(`brotli.${quality}`, plain, (bytes) => zlib.brotliCompressSync(bytes, { params }), (bytes) => bytes);
  }
  fitContents('brotli_decode', plain, (bytes) => zlib.brotliDecompressSync(bytes),
              (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 6 } }));
}

function fitContents(name, plain, run, prepare) {
  for (const [content, bytes] of Object.entries(plain)) {
    const input = prepare(bytes);
    put(`${name}.${content}`, cost(() => run(input), 9) * 1000 / bytes.length, 'ps',
        'for each plain byte of 256 KiB of this content');
  }
}

function writeCost() {
  const { Deflate } = zlib, stream = new Deflate();
  const byte = Buffer.alloc(1), out = Buffer.alloc(1 << 14);
  return cost(() => stream._handle.writeSync(zlib.constants.Z_NO_FLUSH, byte, 0, 1, out, 0, out.length));
}

// A stream's making, its only write, of a few bytes, and its end, below lib/zlib.js, beyond a later write.
function fitOpening(write) {
  const { Zlib, BrotliEncoder, BrotliDecoder } = internalBinding('zlib');
  const { DEFLATE, INFLATE, BROTLI_ENCODE, BROTLI_DECODE, Z_FINISH, BROTLI_OPERATION_FINISH,
          BROTLI_PARAM_QUALITY } = zlib.constants;
  const out = Buffer.alloc(1 << 14), state = new Uint32Array(2);
  const opening = (name, input, make, flush) => put(`open.${name}`, cost(() => {
    const handle = make();
    handle.writeSync(flush, input, 0, input.length, out, 0, out.length);
    handle.close();
  }) - write, 'ns', 'a stream of 11 bytes beyond a later write');
  const word = Buffer.from('hello world');
  const zlibStream = (mode) => () => {
    const handle = new Zlib(mode);
    handle.init(15, 6, 8, 0, state, () => {}, undefined);
    return handle;
  };
  const brotliStream = (Class, mode, params) => () => {
    const handle = new Class(mode);
    handle.init(params, state, () => {});
    return handle;
  };
  opening('deflate', word, zlibStream(DEFLATE), Z_FINISH);
  opening('inflate', zlib.deflateSync(word), zlibStream(INFLATE), Z_FINISH);
  for (let quality = 0; quality <= 11; quality++) {
    const params = new Uint32Array(10).fill(-1);
    params[BROTLI_PARAM_QUALITY] = quality;
    opening(`brotli.${quality}`, word, brotliStream(BrotliEncoder, BROTLI_ENCODE, params), BROTLI_OPERATION_FINISH);
  }
  opening('brotli_decode', zlib.brotliCompressSync(word),
          brotliStream(BrotliDecoder, BROTLI_DECODE, new Uint32Array(10).fill(-1)), BROTLI_OPERATION_FINISH);
}

// The CPU of getaddrinfo for a name of the hosts file, beyond that for an address, which is the cost
// of the request and of its task.
async function fitDns() {
  const { GetAddrInfoReqWrap, getaddrinfo } = internalBinding('cares_wrap');
  const lookup = (name) => new Promise((resolve) => {
    const req = new GetAddrInfoReqWrap();
    req.oncomplete = resolve;
    getaddrinfo(req, name, 4, 0, 0);
  });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await chain(() => lookup('localhost'), 400) - await chain(() => lookup('127.0.0.1'), 400));
  rounds.sort((a, b) => a - b);
  put('call', rounds[ROUNDS >> 1], 'ns', 'getaddrinfo of a name in the hosts file');
}

async function chain(step, count) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await step();
  const used = process.cpuUsage(before);
  return (used.user + used.system) * 1000 / count;
}

function print(object, indent = '') {
  const lines = Object.entries(object).map(([name, value]) => `${indent}  ${JSON.stringify(name)}: ` +
    (value.unit ? JSON.stringify(value).replace(/":/g, '": ').replace(/,"/g, ', "') : print(value, `${indent}  `)));
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

async function main(part) {
  if (!part || part === 'crypto') fitCrypto();
  if (!part || part === 'zlib') fitZlib();
  if (!part || part === 'dns') await fitDns();
  console.log(print(figures));
}
main(process.argv[2]);
