// A generator of input that is the same everywhere.
'use strict';

module.exports = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const below = (n) => next() % n;
  const pick = (list) => list[below(list.length)];
  const units = [0x20, 0x41, 0x7f, 0x80, 0xe9, 0xff, 0x100, 0x141, 0x7ff, 0x800, 0x20ac, 0xd7ff, 0xd800,
                 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfffd, 0xffff];
  // Strings of narrow or wide units, with lone surrogates among them.
  const string = (most) => {
    let text = '';
    const wide = below(2);
    for (let n = below(most + 1); n > 0; n--)
      text += String.fromCharCode(wide ? pick(units) : below(256));
    return text;
  };
  const bytes = (most) => Buffer.from(Array.from({ length: below(most + 1) }, () => {
    return below(3) ? below(256) : pick([0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0x80, 0xbf, 0x9f, 0xa0]);
  }));
  return { next, below, pick, string, bytes };
};
