// What promise hooks see: i init (< parent), b before, a after, r resolve; promises by their order.
const out = [];
const ids = new Map();
const id = (promise) => { if (!ids.has(promise)) ids.set(promise, ids.size); return ids.get(promise); };
const log = (x) => out.push('[' + x + ']');
const known = (parent) => parent === undefined ? '-' : ids.has(parent) ? ids.get(parent) : '?';
const hooks = [
  (promise, parent) => out.push('i' + id(promise) + '<' + known(parent)),
  (promise) => out.push('b' + id(promise)),
  (promise) => out.push('a' + id(promise)),
  (promise) => out.push('r' + id(promise)),
];
const tests = {
 nw(){new Promise(r=>r(1)).then(()=>log('x'))},
 await1(){(async()=>{await 1;log('x')})()},
 awaitP(){const p=Promise.resolve(1);(async()=>{await p;log('x')})()},
 awaitThen(){(async()=>{await {then(f){f(2)}};log('x')})()},
 awaitRej(){(async()=>{try{await Promise.reject(1)}catch{log('x')}})()},
 ret(){(async()=>Promise.resolve(1))().then(()=>log('x'))},
 resolveP(){new Promise(r=>r(Promise.resolve())).then(()=>log('x'))},
 resolvePending(){let f;const q=new Promise(r=>f=r);new Promise(r=>r(q)).then(()=>log('x'));f(1)},
 rej(){Promise.reject(1).catch(()=>log('x'))},
 all(){Promise.all([1,Promise.resolve(2)]).then(()=>log('x'))},
 race(){Promise.race([1,Promise.resolve(2)]).then(()=>log('x'))},
 any(){Promise.any([1,Promise.reject(2)]).then(()=>log('x'))},
 settled(){Promise.allSettled([1,Promise.reject(2)]).then(()=>log('x'))},
 fin(){Promise.resolve(1).finally(()=>{log('f')}).then(()=>log('x'))},
 gen(){(async()=>{async function*g(){yield 1;yield Promise.resolve(2);return 3} for await(const x of g())log(x)})()},
 genret(){async function*g(){yield 1} const i=g();i.next();i.return(4).then(()=>log('x'));i.throw(5).catch(()=>log('y'))},
 forsync(){(async()=>{for await(const x of [1,Promise.resolve(2)])log(x)})()},
 forbreak(){(async()=>{async function*g(){try{yield 1}finally{log('f')}} for await(const x of g())break;log('x')})()},
 sub(){class S extends Promise{};S.resolve(1).then(()=>log('x'))},
 subawait(){class S extends Promise{};(async()=>{await S.resolve(1);log('x')})()},
 throwr(){Promise.resolve().then(()=>{throw 1}).catch(()=>log('x'))},
 thenret(){Promise.resolve().then(()=>Promise.resolve(3)).then(()=>log('x'))},
 thenable(){Promise.resolve({then(f){f(1)}}).then(()=>log('x'))},
 multi(){new Promise((r,j)=>{r(1);r(2);j(3)}).then(()=>log('x'))},
 exthrow(){new Promise(()=>{throw 1}).catch(()=>log('x'))},
 yieldstar(){(async()=>{async function*h(){yield 1} async function*g(){yield* h();yield* [2]} for await(const x of g())log(x)})()},
 nested(){(async()=>{await (async()=>{await 1})();log('x')})()},
 ownthen(){const p=Promise.resolve(1);p.then=function(a,b){return Promise.prototype.then.call(this,a,b)};new Promise(r=>r(p)).then(()=>log('x'))},
};

var steps = [];
for (const name of Object.keys(tests)) {
  steps.push(() => { out.length = 0; ids.clear(); host.setPromiseHooks(...hooks); tests[name](); });
  steps.push(() => { host.setPromiseHooks(undefined, undefined, undefined, undefined); print(name, out.join(' ')); });
}
