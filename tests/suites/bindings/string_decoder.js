// Texts cut at any byte.
'use strict';
const { StringDecoder } = require('string_decoder');
const random = require('./random.js')(3);
const units = (text) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16)).join(' ');

for (let i = 0; i < 3000; i++) {
  const decoder = new StringDecoder(random.pick(['utf8', 'utf16le', 'base64', 'base64url', 'latin1', 'ascii', 'hex']));
  for (let n = random.below(6); n > 0; n--)
    console.log(units(decoder.write(random.bytes(5))), decoder.lastNeed, decoder.lastTotal);
  console.log(decoder.encoding, units(decoder.end(random.below(2) ? random.bytes(3) : undefined)));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
for (let i = 0; i < 1000; i++) {
  const text = random.string(10);
  const target = new Uint8Array(random.below(12));
  console.log(Buffer.from(encoder.encode(text)).toString('hex'), encoder.encodeInto(text, target),
              Buffer.from(target).toString('hex'), units(decoder.decode(random.bytes(9))));
}
