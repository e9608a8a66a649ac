// Messages of syntax errors, from Function, eval and JSON.parse.
const sources = ['}', '{', '(', 'a b', 'a 1', '1 a', 'f(1 2)', 'f(1', 'let a; let a', 'const a', 'var 1', 'if', 'if (', 'for (;;', 'return', 'break', 'continue',
  '"abc', "'abc", '`abc', '/abc', '/(/', '/a/zz', '1..a.', 'a.', 'a..b', '@', '#', '\\', 'let let = 1', 'new.target', 'await 1', 'yield 1; "use strict"; yield', 'import x', 'export default 1',
  'class A { constructor() {} constructor() {} }', 'class A extends B { constructor() { super(); } m() { super(); } }', 'super.x', '({a:1', '[1,2', '({a b})', '({get a(b) {}})', 'x = {a: 1, ...}',
  '1 = 2', 'f() = 1', '++1', 'a++ ++', 'for (let x of 1, 2);', '"use strict"; with (a) {}', '"use strict"; 010', '"use strict"; delete a', '"use strict"; eval = 1', '"use strict"; let static',
  'function (', 'function f(a,,b) {}', 'function f(a {}', 'function f() {', '=> 1', 'a => {', '(a, b) => { return', 'async () => { await }', 'switch (1) { case 1: default: default: }', 'try {}', 'throw', 'throw\n1',
  'a ? b', 'a ? b :', 'var enum', 'enum', 'let [a]', 'const {a}', 'label: label: 1', 'x: { break y; }', '0b2', '0x', '1_', '1__0', '3in []', '"\\u{110000}"', '"\\x1"', '`${', '`${a', 'a?.b = 1', 'null = 1', 'this = 1', 'if (1) else', 'do { } while', 'case 1:', 'else', 'catch', 'var a = ;', 'a +', '!', 'typeof', 'void'];
for (const s of sources) {
  try { (0, eval)(s); print(JSON.stringify(s), 'no error'); } catch (e) { print(JSON.stringify(s), `${e.name}: ${e.message}`); }
}
const texts = ['', '{', '[', '{x', 'abc', '{"a":1,}', '[1,]', '{"a" 1}', '"abc', '"a\nb"', '"\\x"', '01', '1.', '-', 'nul', 'true false', '{"a":1} x', '[1 2]', "{'a':1}", 'undefined', '{"a":undefined}', '[1,2,3', '{"a":', '1e', '"\\u12"', '{"long":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", bad: 1}', '  x', '{"a":1]'];
for (const s of texts) {
  try { JSON.parse(s); print(JSON.stringify(s), 'no error'); } catch (e) { print(JSON.stringify(s), `${e.name}: ${e.message}`); }
}
try { JSON.parse(undefined); } catch (e) { print(e.message); }
try { JSON.parse({}); } catch (e) { print(e.message); }
try { JSON.parse(Symbol()); } catch (e) { print(e.message); }
