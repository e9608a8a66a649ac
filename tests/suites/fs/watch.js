// fs.watch and fs.watchFile: which events, in which order.
'use strict';
const fs = require('fs');
const { setTimeout: sleep } = require('timers/promises');
const log = console.log;

async function main() {
  fs.mkdirSync('w');
  fs.writeFileSync('w/file', '');
  const folder = fs.watch('w', (type, name) => log('folder', type, name));
  const file = fs.watch('w/file', (type, name) => log('file', type, name));
  const steps = [
    () => fs.writeFileSync('w/file', 'x'), () => fs.appendFileSync('w/file', 'y'),
    () => fs.writeFileSync('w/new', 'x'), () => fs.chmodSync('w/new', 0o600),
    () => fs.renameSync('w/new', 'w/old'), () => fs.mkdirSync('w/sub'),
    () => fs.renameSync('w/old', 'outside'), () => fs.rmdirSync('w/sub'),
    () => fs.symlinkSync('x', 'w/link'), () => fs.linkSync('w/file', 'w/hard'),
    () => fs.unlinkSync('w/hard'), () => fs.utimesSync('w/file', 1, 1),
    () => fs.renameSync('w/file', 'w/moved'), () => fs.unlinkSync('w/moved'),
  ];
  for (const step of steps) {
    log(String(step).slice(6));
    step();
    await sleep(30);
  }
  folder.close();
  file.close();
  fs.writeFileSync('w/late', '');
  try { fs.watch('none'); } catch (e) { log(e.message, e.code, e.syscall, e.path, e.filename); }

  fs.writeFileSync('polled', 'a');
  let changes = 0;
  fs.watchFile('polled', { interval: 20 }, (now, before) => {
    changes++;
    log('watchFile', now.size, before.size, now.nlink, before.nlink);
  });
  await sleep(200);
  fs.writeFileSync('polled', 'abc');
  await sleep(300);
  fs.unlinkSync('polled');
  await sleep(300);
  fs.unwatchFile('polled');
  fs.writeFileSync('polled', 'abcd');
  await sleep(100);
  log(changes);
}
main();
