// Results and errors of zlib. Compressed bytes are the library's own choice; what they decompress to
// and what is said of broken input is not.
'use strict';
const zlib = require('zlib');
const { Readable } = require('stream');
const { pipeline } = require('stream/promises');
const util = require('util');

const text = Buffer.from('hello world, '.repeat(5000) + Array.from({ length: 3000 }, (_, i) => i * 7919 % 1009).join());
const PAIRS = [['gzip', 'gunzip'], ['gzip', 'unzip'], ['deflate', 'inflate'], ['deflate', 'unzip'],
               ['deflateRaw', 'inflateRaw'], ['brotliCompress', 'brotliDecompress']];

function show(name, run) {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, 'throws', error.name, error.code, error.errno, error.message);
  }
}

for (let level = -1; level <= 9; level++)
  for (let strategy = 0; strategy <= 4; strategy++)
    show(`deflate ${level} ${strategy}`, () => zlib.inflateSync(zlib.deflateSync(text, { level, strategy })).equals(text));
for (let quality = 0; quality <= 11; quality++) {
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
  show(`brotli ${quality}`, () => zlib.brotliDecompressSync(zlib.brotliCompressSync(text, { params })).equals(text));
}
for (const [pack, unpack] of PAIRS) {
  const packed = zlib[`${pack}Sync`](text);
  show(`${unpack} cut`, () => zlib[`${unpack}Sync`](packed.subarray(0, -20)));
  show(`${unpack} broken`, () => zlib[`${unpack}Sync`](Buffer.from('abcdefgh')));
  show(`${unpack} too much`, () => zlib[`${unpack}Sync`](packed, { maxOutputLength: 10 }));
  show(`${pack} small window`, () =>
    zlib[`${unpack}Sync`](zlib[`${pack}Sync`](text, { memLevel: 3, windowBits: 10, chunkSize: 64 })).equals(text));
}
const dictionary = Buffer.from('abc');
show('dictionary', () => zlib.inflateSync(zlib.deflateSync('abcabc', { dictionary }), { dictionary }));
show('no dictionary', () => zlib.inflateSync(zlib.deflateSync('abcabc', { dictionary })));

async function later() {
  for (const [pack, unpack] of PAIRS) {
    const packed = await util.promisify(zlib[pack])(text);
    console.log(pack, unpack, (await util.promisify(zlib[unpack])(packed)).equals(text));
  }
  const parts = [];
  await pipeline(Readable.from([text, text]), zlib.createGzip(), zlib.createGunzip(), async (source) => {
    for await (const part of source) parts.push(part);
  });
  console.log(Buffer.concat(parts).equals(Buffer.concat([text, text])));
  const stream = zlib.createDeflate();
  stream.on('data', () => {}).on('end', () => console.log('end', stream.bytesWritten));
  stream.write('abc');
  stream.flush(() => stream.params(9, 1, () => stream.end('def'.repeat(100))));
}
later();
