// Folders: making, listing, walking, removing, links, copies of trees.
'use strict';
const fs = require('fs');
const path = require('path');
const log = console.log;
const types = (d) => `${d.name}:${d.isDirectory() ? 'd' : d.isFile() ? 'f' : d.isSymbolicLink() ? 'l' : '?'}`;

log(fs.mkdirSync('a/b/c', { recursive: true }), fs.mkdirSync('a/b/c', { recursive: true }));
log(fs.mkdirSync('a/b/../x/y', { recursive: true }), fs.mkdirSync('one'), fs.mkdirSync('two/'));
log((fs.statSync('one').mode & 0o777).toString(8), fs.statSync('a').nlink);
for (const name of ['z', 'y', 'é', 'B', 'a1', 'a10', 'a2']) fs.writeFileSync(`one/${name}`, name);
fs.symlinkSync('../data', 'one/link');
fs.symlinkSync('none', 'one/dangling');
log(fs.readdirSync('one'), fs.readdirSync('one', 'hex'), fs.readdirSync('one', 'buffer').length);
log(fs.readdirSync('one', { withFileTypes: true }).map(types));
log(fs.readdirSync('data', { recursive: true }).sort());
log(fs.readdirSync('data', { recursive: true, withFileTypes: true }).map((d) => path.join(d.parentPath, d.name)).sort());

log(fs.readlinkSync('one/link'), fs.realpathSync('one/link/sub/../lines.txt'),
    fs.realpathSync.native('one/link/sub'), fs.lstatSync('one/link').isSymbolicLink(), fs.lstatSync('one/link').size);
fs.linkSync('data/lines.txt', 'hard');
log(fs.statSync('hard').nlink, fs.statSync('hard').ino === fs.statSync('data/lines.txt').ino);
fs.appendFileSync('hard', 'four\n');
log(fs.readFileSync('data/lines.txt', 'utf8'));
fs.unlinkSync('data/lines.txt');
log(fs.statSync('hard').nlink);
fs.lutimesSync('one/link', 5, 6);
log(fs.lstatSync('one/link').mtimeMs);

fs.renameSync('a/b', 'moved');
log(fs.existsSync('a/b'), fs.readdirSync('moved'), fs.realpathSync('moved/c'));
fs.renameSync('moved', 'two');
log(fs.readdirSync('two'));
process.chdir('two/c');
log(process.cwd(), fs.readdirSync('../..').length > 3, fs.realpathSync('.'));
process.chdir('../..');

fs.cpSync('data', 'copy', { recursive: true });
log(fs.readdirSync('copy', { recursive: true }).sort(), (fs.statSync('copy/run.sh').mode & 0o777).toString(8));
fs.rmSync('copy', { recursive: true });
log(fs.existsSync('copy'), fs.rmSync('copy', { force: true }));
const temporary = fs.mkdtempSync('tmp-');
log(/^tmp-[A-Za-z0-9]{6}$/.test(temporary), fs.readdirSync(temporary), (fs.statSync(temporary).mode & 0o777).toString(8));

async function later() {
  const dir = await fs.promises.opendir('one');
  const seen = [];
  for await (const entry of dir) seen.push(types(entry));
  log(seen.sort());
  const sync = fs.opendirSync('data', { bufferSize: 2 });
  const names = [];
  for (let d; (d = sync.readSync());) names.push(d.name);
  sync.closeSync();
  log(names.sort(), sync.path);
  log(await fs.promises.mkdir('p/q/r', { recursive: true }), await fs.promises.mkdir('p/q/r', { recursive: true }));
  await fs.promises.cp('data', 'p/data', { recursive: true });
  log((await fs.promises.readdir('p', { recursive: true })).sort());
  await fs.promises.rm('p', { recursive: true });
  log(fs.existsSync('p'));
  fs.mkdir('cb/x/y', { recursive: true }, (e, made) => {
    log(e, made);
    fs.rmdir('cb/x/y', (e) => {
      log(e);
      fs.rm('cb', { recursive: true }, (e) => log(e, fs.existsSync('cb')));
    });
  });
}
later();
