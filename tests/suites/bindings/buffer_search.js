// indexOf, lastIndexOf, includes, fill, compare, copy and swaps.
'use strict';
const random = require('./random.js')(2);
const encodings = ['utf8', 'ucs2', 'latin1', 'ascii', 'base64', 'hex'];

const attempt = (run) => {
  try {
    return run();
  } catch (error) {
    return `${error.name} ${error.code} ${error.message}`;
  }
};
const small = () => Buffer.from(Array.from({ length: random.below(20) }, () => 97 + random.below(3)));
const offset = () => random.pick([undefined, null, NaN, 0, -0.5, 1.7, Infinity, -Infinity, -3, 5, 19, 30, '2', {}]);

for (let i = 0; i < 3000; i++) {
  const hay = small();
  const needle = random.pick([
    () => small().subarray(0, random.below(4)), () => random.below(300), () => small().toString(),
    () => hay.toString('latin1', random.below(10), random.below(20)), () => '', () => '\u0141b',
  ])();
  const at = offset();
  const encoding = random.pick(encodings);
  console.log(hay.toString('hex'), needle, at, encoding,
              attempt(() => hay.indexOf(needle, at, encoding)),
              attempt(() => hay.lastIndexOf(needle, at, encoding)),
              attempt(() => hay.includes(needle, at, encoding)));
}

for (let i = 0; i < 2000; i++) {
  const target = Buffer.alloc(random.below(16), 0x2e);
  const value = random.pick([() => random.string(4), () => random.bytes(4), () => random.below(1000) - 300,
                             () => 1.5, () => '', () => true, () => new Uint8Array(0)])();
  const start = random.below(18) - 1;
  const end = random.below(20) - 1;
  console.log(attempt(() => target.fill(value, start, end, random.pick(encodings)).toString('hex')));
  const a = random.bytes(9);
  const b = random.bytes(9);
  console.log(a.compare(b), Buffer.compare(b, a), a.equals(b),
              attempt(() => a.compare(b, random.below(9), random.below(10), random.below(9), random.below(10))),
              attempt(() => a.copy(b, random.below(11) - 1, random.below(10), random.below(11))),
              b.toString('hex'));
  for (const swap of ['swap16', 'swap32', 'swap64'])
    console.log(attempt(() => Buffer.from(a)[swap]().toString('hex')));
}
