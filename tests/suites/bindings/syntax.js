// Corners of the language that packages use: deletes on exotic objects, yield in the head of a loop, names of
// exports as strings.
'use strict';
const kept = { a: 1, b: 2 };
const proxy = new Proxy(kept, {
    deleteProperty(target, key) {
        console.log('delete', String(key));
        return Reflect.deleteProperty(target, key);
    },
});
for (let i = 0; i < 40; i++) kept[`key${i}`] = i;
for (const key of ['a', 'none', 'key7', 'toString', '0', Symbol.iterator]) console.log(delete proxy[key], key in kept);
process.env.NSIM_DELETED = 'x';
console.log(delete process.env.NSIM_DELETED, delete process.env.NSIM_NEVER, process.env.NSIM_DELETED);
const typed = new Uint8Array(2);
console.log(delete typed.x, Reflect.deleteProperty(typed, '1'), Reflect.deleteProperty(typed, '7'));
const text = Object('abc');
console.log(Reflect.deleteProperty(text, '1'), Reflect.deleteProperty(text, 'x'), Reflect.deleteProperty(text, 'length'));

const closed = [];
function* numbers() {
    try { yield 1; yield 2; } finally { closed.push('numbers'); }
}
function* heads() {
    for (const n of yield 'which') {
        for (const m of (yield n) ?? []) { console.log(n, m); if (m === 'last') return 'left'; }
    }
}
const run = heads();
console.log(run.next(), run.next(numbers()), run.next([3, 4]), run.next(['last', 'never']), closed);
const early = heads();
console.log(early.next(), early.return('early'), early.next());
async function* later() {
    for await (const n of yield 'async') console.log('async', n);
}
(async () => {
    const it = later();
    console.log(await it.next(), await it.next(numbers()));
    const module = (source) => 'data:text/javascript,' + encodeURIComponent(source);
    const inner = module("export { z as 'k-1' }; const z = 9;");
    const outer = module(`const x = 1; export { x as 'a b', x as default }; export * as 'all' from '${inner}';
        export { 'k-1' as k, 'k-1' as 'k-2', 'k-1' } from '${inner}'; import { 'k-1' as local } from '${inner}'; export { local };`);
    console.log(await import(outer));
    for (const source of ["export { 'a' }", "export { 'a' as b }", `import { 'a' } from '${inner}'`,
        "var a; export { a as '\\ud800' }", `export * as '\\udc00' from '${inner}'`]) {
        await import(module(source)).then(() => console.log('loads', source), (error) => console.log(String(error)));
    }
})();

// Each iteration of a loop with `let` has variables of its own, also after `continue`.
{
    const own = [];
    const tell = () => console.log(JSON.stringify(own.splice(0).map((f) => f())));
    for (let i = 0; i < 3; i++) { own.push(() => i); if (i >= 0) continue; own.push(() => -1); }
    tell();
    for (let i = 0; i < 3;) { own.push(() => i); i++; if (i) continue; }
    tell();
    for (let i = 0; ; i++) { if (i > 3) break; own.push(() => i); if (i) continue; }
    tell();
    outer: for (let i = 0; i < 3; i++)
        for (let j = 0; j < 2; j++) { own.push(() => [i, j]); if (j === 1) continue outer; }
    tell();
    for (let i = 0; i < 3; i++)
        switch (i) { case 1: { const z = i; own.push(() => z + i); continue; } default: own.push(() => i); }
    tell();
    for (let i = 0, j = 5; i < j; i++, j--)
        try { own.push(() => [i, j]); if (i === 1) continue; } finally { own.push(() => i + 10); }
    tell();
    for (const i of [0, 1, 2]) { own.push(() => i); if (i >= 0) continue; }
    for (const i in { a: 1, b: 2 }) { own.push(() => i); if (i) continue; }
    tell();
}
