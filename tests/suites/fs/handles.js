// FileHandle, streams over files, and the async resources that they are.
'use strict';
const fs = require('fs');
const { pipeline, finished } = require('stream/promises');
const { createHook, executionAsyncId } = require('async_hooks');
const log = console.log;

const resources = [];
const hook = createHook({ init: (id, type) => { if (/^F(S|ILE)|DIR/.test(type)) resources.push(type); } });
hook.enable();

async function handles() {
  const h = await fs.promises.open('h', 'w+');
  log(typeof h.fd, await h.write('hello world'), await h.write(Buffer.from('HE'), 0, 2, 0));
  log(await h.read(Buffer.alloc(5), 0, 5, 6), await h.readFile({ encoding: 'utf8' }));
  log(await h.writev([Buffer.from('1'), Buffer.from('2')], 3), await h.readv([Buffer.alloc(4)], 1));
  await h.truncate(6);
  await h.appendFile('++');
  await h.chmod(0o600);
  await h.utimes(1, 2);
  await h.sync();
  await h.datasync();
  const st = await h.stat();
  log(st.size, st.mtimeMs, (await h.stat({ bigint: true })).size);
  const closing = [h.close(), h.close()];
  log(closing[0] === closing[1], await Promise.all(closing), h.fd);
  await h.read(Buffer.alloc(1)).catch((e) => log(e.code, e.syscall));
  for await (const line of (await fs.promises.open('data/lines.txt')).readLines()) log('line', line);
  log(await fs.promises.readFile('data/utf8.txt', 'utf8'), await fs.promises.access('h'));
  await fs.promises.writeFile('w', (function* () { yield 'a'; yield 'b'; })());
  log(await fs.promises.readFile('w', 'latin1'));
}

async function streams() {
  fs.writeFileSync('s', '0123456789'.repeat(20000));
  for (const options of [{}, { start: 5, end: 9 }, { start: 199990 }, { highWaterMark: 7, end: 20 }, { encoding: 'hex', end: 3 }]) {
    const sizes = [];
    for await (const chunk of fs.createReadStream('s', options)) sizes.push(chunk.length);
    log(JSON.stringify(options), sizes.length, sizes.slice(0, 4), sizes.at(-1));
  }
  await pipeline(fs.createReadStream('s'), fs.createWriteStream('t'));
  log(fs.statSync('t').size);
  const w = fs.createWriteStream('t', { flags: 'r+', start: 3 });
  const events = [];
  for (const name of ['open', 'ready', 'drain', 'finish', 'close']) w.on(name, () => events.push(name));
  w.write('abc');
  w.end('def');
  await finished(w);
  log(w.bytesWritten, fs.readFileSync('t', 'latin1').slice(0, 12));
  await new Promise((resolve) => w.on('close', resolve));
  log(events);
  const missing = fs.createReadStream('none');
  await finished(missing).catch((e) => log(e.message));
  const h = await fs.promises.open('s');
  let total = 0;
  for await (const chunk of h.createReadStream({ end: 99999 })) total += chunk.length;
  log(total, h.fd);
}

async function main() {
  await handles();
  log(resources.splice(0));
  await new Promise((resolve) => fs.readFile('data/lines.txt', 'utf8', (e, d) => { log(e, d.length); resolve(); }));
  log('readFile', resources.splice(0));
  await new Promise((resolve) => fs.writeFile('x', 'y', resolve));
  log('writeFile', resources.splice(0));
  await new Promise((resolve) => fs.appendFile('x', 'y', resolve));
  log('appendFile', resources.splice(0));
  await new Promise((resolve) => fs.mkdir('d/e/f', { recursive: true }, resolve));
  log('mkdirp', resources.splice(0));
  await fs.promises.readFile('x');
  log('promises.readFile', resources.splice(0));
  await new Promise((resolve) => fs.stat('x', () => { log(executionAsyncId() > 1); resolve(); }));
  log('stat', resources.splice(0));
  await streams();
  log('streams', resources.splice(0).length);
}
main();
