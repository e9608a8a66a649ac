// Random programs of promises, async functions and async generators; a line holds what one logged.
let seed = 1;
const below = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff, (seed >>> 8) % n);
const pick = (list) => list[below(list.length)];
let labels;
const label = () => `'${++labels}'`;
function value(depth) {
  const kind = below(12);
  if (depth <= 0 || kind < 2) return String(below(9));
  const inner = value(depth - 1);
  switch (kind) {
    case 2: return `Promise.resolve(${inner})`;
    case 3: return `quiet(Promise.reject(${below(9)}))`;
    case 4: return `{then(f,g){log(${label()});f(${inner})}}`;
    case 5: return `{then(f,g){log(${label()});${pick(['f', 'g'])}(${below(9)});f(1);throw 2}}`;
    case 6: return `new Promise((f,g)=>{log(${label()});f(${inner})})`;
    case 7: return `af${below(3)}(${inner})`;
    case 8: return `Promise.${pick(['all', 'allSettled', 'race', 'any'])}([${inner},${value(depth - 1)}])`;
    case 9: return `new Sub(f=>f(${inner}))`;
    case 10: return `Sub.resolve(${inner})`;
    default: return `(async()=>{log(${label()});${statement(depth - 1, true)}return ${pick(['', 'await '])}${inner}})()`;
  }
}
const show = () => `.then(show(${label()}),show(${label()}));`;
function asyncStatement(kind, depth) {
  const caught = `catch(e){log(${label()},e)}`;
  switch (kind) {
    case 5: return `try{log(${label()},await ${value(depth)});}${caught}finally{log(${label()});${pick(['', `await ${value(depth - 1)};`])}}`;
    case 6: return `try{for await(const x of [${value(depth - 1)},${value(depth - 1)}]){log(${label()},x);}}${caught}`;
    case 7: return `try{for await(const x of ag${below(3)}(${value(depth - 1)})){log(${label()},x);${pick(['', '', 'break;', 'throw 4;'])}}}${caught}`;
    default: return `try{await ${value(depth)};}${caught}`;
  }
}
function statement(depth, isAsync) {
  const kind = below(10);
  const last = depth <= 0;
  switch (kind) {
    case 0: return `log(${label()});`;
    case 1: return `quiet(Promise.resolve()).then(()=>{log(${label()});${last ? '' : statement(depth - 1, false)}});`;
    case 2: return `quiet(${value(depth)}).then(x=>{log(${label()},x);return ${value(depth - 1)}})${show()}`;
    case 3: return `quiet(${value(depth)}).finally(()=>{log(${label()});return ${value(depth - 1)}})${show()}`;
    case 4: return `quiet(${value(depth)}).catch(x=>{log(${label()},x);throw ${value(depth - 1)}})${show()}`;
    case 9: return `quiet(${value(depth)})${show()}`;
    default:
      if (isAsync) return asyncStatement(kind, depth);
      if (kind === 5) return `(async()=>{${last ? '' : statement(depth - 1, true) + statement(depth - 1, true)}})()${show()}`;
      return `{const g=ag${below(3)}(${value(depth - 1)});g.next(${value(depth - 1)})${show()}` +
        `g.${pick(['next', 'return', 'throw'])}(${value(depth - 1)})${show()}g.next()${show()}}`;
  }
}
function program() {
  labels = 0;
  let text = '"use strict";';
  for (let i = 0; i < 3; i++) text += `async function af${i}(v){log(${label()});${pick(['', `try{await v}catch(e){log(${label()},e)};`])}return v}\n`;
  const bodies = ['yield v;', 'yield await v;', 'yield* [v,2];', 'yield* inner(v);', "try{yield v;yield 7}finally{log('f');await 1}",
    "try{yield 1}catch(e){log('c',e);yield v}", 'return v;', 'return;', 'await v;'];
  text += `async function* inner(v){log('i');yield v;return ${pick(['v', 'await v', '3'])}}\n`;
  for (let i = 0; i < 3; i++) text += `async function* ag${i}(v){log(${label()});${pick(bodies)}${pick(bodies)}log(${label()});}\n`;
  for (let i = 0; i < 6; i++) text += statement(3, false) + '\n';
  return text;
}
function text(x) {
  if (x === null || typeof x !== 'object') return String(x);
  if (x instanceof Error) return x.constructor.name;
  if (Array.isArray(x)) return '[' + x.map(text) + ']';
  return x instanceof Promise ? 'P' : '{' + Object.keys(x).map((k) => k + ':' + (typeof x[k] === 'function' ? 'f' : text(x[k]))) + '}';
}
const out = [];
const log = (...values) => out.push(values.map(text).join(':'));
class Sub extends Promise {}
const quiet = (x) => {
  if (!(x instanceof Promise)) return Promise.resolve(x);
  Promise.prototype.then.call(x, () => {}, () => {});
  return x;
};
const shows = (l) => (x) => log(l, x);
var steps = [];
for (let i = 0; i < 300; i++) {
  const code = program();
  steps.push(() => { out.length = 0; new Function('log', 'quiet', 'show', 'Sub', code)(log, quiet, shows, Sub); });
  steps.push(() => print(i, out.join(' ')));
}
