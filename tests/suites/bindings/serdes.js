// v8.serialize's bytes, and what v8.deserialize and structuredClone make of values.
'use strict';
const v8 = require('v8');
const { inspect } = require('util');
const random = require('./random.js')(4);

const scalar = () => random.pick([
  () => random.below(1 << 24) - (1 << 23), () => random.next() * 300.5 + 0.25, () => -0, () => NaN, () => 2 ** 31,
  () => random.string(8), () => true, () => false, () => null, () => undefined,
  () => BigInt(random.next()) ** BigInt(random.below(9)), () => -(BigInt(random.next()) << 40n),
])();
const value = (depth) => {
  if (depth === 0) return scalar();
  const inner = () => value(depth - 1);
  return random.pick([
    scalar,
    () => Array.from({ length: random.below(5) }, inner),
    () => [inner(), , inner()],
    () => Object.assign([inner()], { extra: inner() }),
    () => Object.fromEntries(Array.from({ length: random.below(5) }, () => [random.string(3), inner()])),
    () => ({ 7: inner(), b: inner(), 2: inner() }),
    () => new Map([[inner(), inner()], [inner(), inner()]]),
    () => new Set([inner(), inner()]),
    () => new Date(random.next() * 1000),
    () => new RegExp(random.pick(['a', 'b+', '[xy]']), random.pick(['', 'g', 'imsy', 'du'])),
    () => Object(random.pick(['text', 5, true, 7n])),
    () => new (random.pick([Uint8Array, Int16Array, Float64Array, BigInt64Array]))(random.below(4)),
    () => new DataView(new ArrayBuffer(8), 2, 3),
    () => new Uint8Array(random.bytes(6)).buffer,
    () => { const object = { name: 'cycle' }; object.self = [object, inner()]; return object; },
  ])();
};

const show = (x) => inspect(x, { depth: 9 });
for (let i = 0; i < 1500; i++) {
  const x = value(3);
  const bytes = v8.serialize(x);
  console.log(bytes.toString('hex'));
  console.log(show(v8.deserialize(bytes)));
  console.log(show(structuredClone(x)));
}

// Damaged data: a value or an error, never anything else.
for (let i = 0; i < 1500; i++) {
  const bytes = v8.serialize([random.string(3), { a: random.below(9) }, new Uint8Array([1, 2])]);
  const cut = bytes.subarray(0, 2 + random.below(bytes.length - 1));
  try {
    console.log(show(v8.deserialize(cut)));
  } catch (error) {
    console.log(error.name, error.message);
  }
}

for (const make of [() => () => 1, () => Symbol('s'), () => Promise.resolve(), () => new WeakMap(),
                    () => ({ deep: [function named() {}] }), () => new Proxy({}, {}), () => (function* () {})()]) {
  try {
    console.log(show(structuredClone(make())));
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
