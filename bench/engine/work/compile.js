// For fit-engine: time that goes to a character of source text.
let n = 0;
const body = 'function f(a, b) { const c = a + b; if (c > 10) { return { c, d: [a, b] }; } for (let i = 0; i < c; i++) b += i * 2; return b; }\n'.repeat(300);
function main() { return new Function(body + 'return ' + n++)() * 0; }
