#!/usr/bin/env node
// Measures what the crypto and zlib bindings and a lookup cost in CPU time on this machine: the
// constants of profiles/default/crypto.json, zlib.json and dns.json, as the real Node 20 has them.
//
//   node --no-warnings --expose-internals bench/fit-crypto.js [crypto|zlib|dns]
//
// CPU time is process.cpuUsage's, so that other processes do not count as such. They still disturb
// caches and clock rates, so a figure is the lowest quartile of many short rounds. Making a key is
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

// CPU in ns of one call: the lowest quartile of rounds of at least 4 ms each.
function cost(run, rounds = ROUNDS) {
  let calls = 1;
  while (cpuNs(() => repeat(run, calls)) < 4e6) calls *= 2;
  const times = Array.from({ length: rounds }, () => cpuNs(() => repeat(run, calls)) / calls);
  return times.sort((a, b) => a - b)[rounds >> 2];
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

const DIGESTS = ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256'];

function fitCrypto() {
  const block = Buffer.alloc(1 << 16, 1), tiny = Buffer.alloc(1);
  put('call', cost(() => crypto.randomFillSync(tiny)), 'ns', 'randomFillSync of one byte');
  for (const name of DIGESTS) {
    put(`hash.${name}`, cost(() => crypto.createHash(name).update(block).digest()) * 1000 / block.length,
        'ps', 'for each byte, of 64 KiB');
  }
  put('hash.other', figures.hash['sha3-256'].value, 'ps', 'for each byte; as sha3-256');
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
  put('scrypt', cost(() => crypto.scryptSync('secret', 'salt', 32, { N: 4096, r: 8, p: 1 })) * 1000 /
      (4096 * 8), 'ps', 'for each N x r x p, of N 4,096, r 8, p 1');
  fitKeys();
}

function fitKeys() {
  for (const curve of ['prime256v1', 'secp384r1', 'secp521r1'])
    put(`keygen.${curve}`, cost(() => crypto.generateKeyPairSync('ec', { namedCurve: curve })), 'ns', 'EC');
  put('keygen.ec', figures.keygen.secp521r1.value, 'ns', 'other curves, as secp521r1');
  for (const type of ['ed25519', 'x25519', 'ed448', 'x448'])
    put(`keygen.${type}`, cost(() => crypto.generateKeyPairSync(type)), 'ns', 'key pair');
  put('keygen.rsa2048', mean(() => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), 60), 'ns',
      'mean of 60; grows with the 4th power of the size');
  put('keygen.dsa2048', mean(() => crypto.generateKeyPairSync('dsa', { modulusLength: 2048 }), 8), 'ns',
      'mean of 8, parameters included; grows with the 4th power of the size');
  put('keygen.dh512', mean(() => crypto.generateKeyPairSync('dh', { primeLength: 512 }), 30), 'ns',
      'mean of 30, a safe prime included; grows with the 5th power of the size');
  put('keygen.dh_known2048', cost(() => crypto.generateKeyPairSync('dh', { group: 'modp14' })), 'ns',
      'group or prime given; grows with the 3rd power of the size');
}

function fitZlib() {
  const plain = text(1 << 18), packed = zlib.deflateSync(plain);
  const perByte = (ns) => ns * 1000 / plain.length;
  put('call', writeCost(), 'ns', 'a write of one byte to a deflate stream');
  const write = writeCost();
  for (const mode of ['deflate', 'inflate'])
    put(`open.${mode}`, openCost(mode) - write, 'ns', 'the first write of one byte beyond a later one');
  for (let level = 0; level <= 9; level++)
    put(`deflate.${level}`, perByte(cost(() => zlib.deflateSync(plain, { level }), 15)), 'ps',
        'for each plain byte of 256 KiB of text, at this level');
  put('inflate', perByte(cost(() => zlib.inflateSync(packed))), 'ps', 'for each plain byte of that text');
  for (let quality = 0; quality <= 11; quality++) {
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
    put(`brotli.${quality}`, perByte(cost(() => zlib.brotliCompressSync(plain, { params }), 9)), 'ps',
        'for each plain byte of that text, at this quality');
  }
  const brotli = zlib.brotliCompressSync(plain);
  put('brotli_decode', perByte(cost(() => zlib.brotliDecompressSync(brotli))), 'ps',
      'for each plain byte of that text');
}

function writeCost() {
  const { Deflate } = zlib, stream = new Deflate();
  const byte = Buffer.alloc(1), out = Buffer.alloc(1 << 14);
  return cost(() => stream._handle.writeSync(zlib.constants.Z_NO_FLUSH, byte, 0, 1, out, 0, out.length));
}

// A stream's making and its first write, below lib/zlib.js.
function openCost(mode) {
  const { Zlib } = internalBinding('zlib');
  const { DEFLATE, INFLATE, Z_NO_FLUSH } = zlib.constants;
  const byte = Buffer.from([0x78]), out = Buffer.alloc(1 << 14), state = new Uint32Array(2);
  return cost(() => {
    const handle = new Zlib(mode === 'deflate' ? DEFLATE : INFLATE);
    handle.init(15, 6, 8, 0, state, () => {}, undefined);
    handle.writeSync(Z_NO_FLUSH, byte, 0, 1, out, 0, out.length);
    handle.close();
  });
}

// The CPU of getaddrinfo for a name of the hosts file, beyond that of an idle task of the pool.
async function fitDns() {
  const { GetAddrInfoReqWrap, getaddrinfo } = internalBinding('cares_wrap');
  const lookup = () => new Promise((resolve) => {
    const req = new GetAddrInfoReqWrap();
    req.oncomplete = resolve;
    getaddrinfo(req, 'localhost', 4, 0, 0);
  });
  const byte = Buffer.alloc(1);
  const idle = () => new Promise((resolve) => crypto.randomFill(byte, resolve));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await chain(lookup, 200) - await chain(idle, 200));
  rounds.sort((a, b) => a - b);
  put('call', rounds[ROUNDS >> 2], 'ns', 'getaddrinfo of a name in the hosts file');
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
