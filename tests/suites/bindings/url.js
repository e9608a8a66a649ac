// URLs put together from parts, their setters, legacy formatting.
'use strict';
const url = require('url');
const random = require('./random.js')(5);
const parts = ['http:', 'file:', 'ws:', 'blob:', 'a:', '//', '/', '\\', '?', '#', ':', '@', 'user', 'p w', 'ex\u00e4mple.com',
               'xn--exmple-cua.com', '127.1', '[::1]', '0x7f', ':81', ':443', 'a b', '%41', '%zz', '..', '.', '\u20ac', '\ud800', 'C:', '|', '*'];
const some = (most) => {
  let text = '';
  for (let n = 1 + random.below(most); n > 0; n--) text += random.pick(parts);
  return text;
};
const setters = ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

for (let i = 0; i < 3000; i++) {
  const input = (random.below(2) ? 'http://' : '') + some(6);
  const base = random.pick([undefined, 'http://b.c/d/e?f#g', 'file:///x/y', some(3)]);
  try {
    const parsed = new URL(input, base);
    console.log(parsed.href, parsed.origin, parsed.host, parsed.pathname, URL.canParse(input, base));
    const setter = random.pick(setters);
    const value = some(2);
    if (setter !== 'href' || URL.canParse(value)) parsed[setter] = value;
    console.log(setter, parsed.href);
    console.log(url.format(parsed, { auth: !random.below(2), fragment: !random.below(2), search: !random.below(2),
                                     unicode: !random.below(2) }));
  } catch (error) {
    console.log(error.name, error.code, error.message, error.input === input.toWellFormed?.() || error.input);
  }
  const domain = some(2);
  console.log(url.domainToASCII(domain), url.domainToUnicode(domain));
}
