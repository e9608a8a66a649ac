// Every property of every builtin: attributes, the function's name and length, and its text.
const seen = new Map();
const out = [];
const show = (v) => typeof v === 'function' ? `fn ${JSON.stringify(v.name)} ${v.length}` :
  typeof v === 'object' && v ? 'object' : String(v);
function describe(path, owner, key) {
  const d = Reflect.getOwnPropertyDescriptor(owner, key);
  const flags = (d.writable ? 'w' : '') + (d.enumerable ? 'e' : '') + (d.configurable ? 'c' : '');
  if ('value' in d) {
    out.push(`${path} ${flags} ${show(d.value)}`);
    walk(path, d.value);
  } else {
    out.push(`${path} ${flags} get ${show(d.get)} set ${show(d.set)}`);
    walk(path + '.get', d.get);
    walk(path + '.set', d.set);
  }
}
const own = new Set(['prepareStackTrace', 'stackTraceLimit', 'captureStackTrace', 'dispose', 'asyncDispose']); // node's
function walk(path, object) {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) return;
  seen.set(object, path);
  for (const key of Reflect.ownKeys(object)) {
    if (own.has(key) || own.has(key.description)) continue;
    if (typeof object === 'function' && (key === 'length' || key === 'name')) continue;
    describe(path + '.' + String(key), object, key);
  }
  const prototype = Reflect.getPrototypeOf(object);
  if (prototype !== Function.prototype && prototype !== Object.prototype) {
    walk(path + '.[[Prototype]]', prototype);
    out.push(`${path} inherits ${prototype === null ? 'null' : seen.get(prototype)}`);
  }
  if (typeof object === 'function') out.push(`${path} text ${Function.prototype.toString.call(object)}`);
}
walk('Function.prototype', Function.prototype);
walk('Object.prototype', Object.prototype);
const names = ['Object', 'Function', 'Array', 'Number', 'parseFloat', 'parseInt', 'Infinity', 'NaN', 'undefined', 'Boolean', 'String',
  'Symbol', 'Date', 'Promise', 'RegExp', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError',
  'TypeError', 'URIError', 'JSON', 'Math', 'ArrayBuffer', 'Atomics', 'Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array',
  'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array', 'DataView',
  'Map', 'BigInt', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Proxy', 'Reflect', 'FinalizationRegistry', 'SharedArrayBuffer',
  'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'eval', 'isFinite', 'isNaN',
  'Iterator', 'InternalError', 'Float16Array', 'DisposableStack', 'SuppressedError', 'AsyncIterator', 'Operator', 'Temporal'];
for (const name of names) {
  if (Object.hasOwn(globalThis, name)) describe(name, globalThis, name);
  else out.push(`${name} absent`);
}
walk('AsyncFunction', (async () => {}).constructor);
walk('GeneratorFunction', (function*() {}).constructor);
walk('AsyncGeneratorFunction', (async function*() {}).constructor);
const objects = {
  arrayIterator: [][Symbol.iterator](), mapIterator: new Map().entries(), setIterator: new Set().values(),
  stringIterator: ''[Symbol.iterator](), regexpIterator: 'a'.matchAll(/a/g), generator: (function*() {})(),
  sloppyArguments: (function() { return arguments; })(), strictArguments: (function() { 'use strict'; return arguments; })(),
  strictFunction: function() { 'use strict'; }, arrow: () => {}, class: class A { static x = 1; m() {} },
  async: async function g() {}, bound: (function f(a, b, c) {}).bind(null, 1), regexp: /a/g, match: 'abc'.match(/(?<q>b)/d),
  proxy: new Proxy(function() {}, {}),
};
for (const name of Object.keys(objects)) walk(name, objects[name]);
const lines = out.join('\n').split('\n').sort();
// The last match.
/(\d)(x)?/.exec('a5b');
lines.push(['match', RegExp.$1, RegExp.$2, RegExp.lastMatch, RegExp['$&'], RegExp.lastParen, RegExp.leftContext, RegExp["$'"], RegExp.input].join('|'));
'foo bar'.replace(/(o+) (b)/, '');
lines.push(['replace', RegExp.$1, RegExp.$2, RegExp.lastMatch, RegExp.lastParen, RegExp['$`'], RegExp.rightContext].join('|'));
lines.push(['no match', /z/.test('q'), RegExp.$1].join('|'));
'k9'.match(/(\d)/g);
lines.push(['global', RegExp.$1, RegExp.lastMatch].join('|'));
'a1b2'.replace(/[a-z](\d)/g, '');
lines.push(['delete', RegExp.$1, RegExp.leftContext].join('|'));
var steps = [() => print(lines.join('\n'))];
