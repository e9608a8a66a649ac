// Strings to bytes and back in all encodings, with cuts in the middle of characters.
'use strict';
const { isUtf8, isAscii } = require('buffer');
const random = require('./random.js')(1);
const encodings = ['utf8', 'ucs2', 'latin1', 'ascii', 'base64', 'base64url', 'hex'];

const units = (text) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16)).join(' ');

for (let i = 0; i < 2000; i++) {
  const text = random.string(12);
  const encoding = random.pick(encodings);
  console.log(i, encoding, Buffer.from(text, encoding).toString('hex'), Buffer.byteLength(text, encoding));
  const target = Buffer.alloc(random.below(10), 0x2e);
  const offset = random.below(target.length + 1);
  const length = random.below(target.length - offset + 1);
  console.log(target.write(text, offset, length, encoding), target.toString('hex'));
  const bytes = random.bytes(12);
  console.log(units(bytes.toString(encoding)), isUtf8(bytes), isAscii(bytes));
  console.log(units(bytes.toString(encoding, random.below(6), random.below(13))));
}

const alphabet = 'ABCDabcd0189+/-_= \n*\u0141';
for (let i = 0; i < 2000; i++) {
  let text = '';
  for (let n = random.below(14); n > 0; n--) text += random.pick(alphabet);
  console.log(Buffer.from(text, 'base64').toString('hex'), Buffer.from(text, 'base64url').toString('hex'),
              Buffer.from(text, 'hex').toString('hex'));
  for (const convert of [atob, btoa]) {
    try {
      console.log(units(convert(text)));
    } catch (error) {
      console.log(error.name, error.message, error.code);
    }
  }
}
