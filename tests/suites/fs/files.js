// Reading and writing: flags, positions, parts, encodings, truncation, copies, times, modes.
'use strict';
const fs = require('fs');
const log = console.log;
const text = (name) => fs.readFileSync(name, 'latin1');

for (const encoding of ['utf8', 'latin1', 'ascii', 'base64', 'base64url', 'hex', 'utf16le'])
  log(encoding, fs.readFileSync('data/utf8.txt', encoding));
log(fs.readFileSync('data/empty'), JSON.stringify(fs.readFileSync('data/empty', 'utf8')));
log(require('./data/bom.json'));

for (const flag of ['w', 'a', 'r+', 'w+', 'a+', 'wx', 'ax']) {
  const name = `flag-${flag}`;
  if (!flag.includes('x')) fs.writeFileSync(name, '0123456789');
  const fd = fs.openSync(name, flag);
  log(flag, fs.writeSync(fd, 'abc'), fs.writeSync(fd, 'XY', 1), fs.writeSync(fd, Buffer.from('!'), 0, 1));
  const out = Buffer.alloc(20);
  try { log(fs.readSync(fd, out, 0, 20, 0), out.toString('latin1', 0, 14)); } catch (e) { log(e.code); }
  fs.closeSync(fd);
  log(JSON.stringify(text(name)));
}

fs.writeFileSync('f', 'hello world');
fs.appendFileSync('f', ' and more');
fs.truncateSync('f', 5);
log(text('f'));
fs.truncateSync('f', 8);
log(JSON.stringify(text('f')));
{
  const fd = fs.openSync('f', 'r+');
  log(fs.writeSync(fd, 'end', 100), fs.fstatSync(fd).size);
  fs.ftruncateSync(fd, 3);
  const parts = [Buffer.alloc(2), Buffer.alloc(2), Buffer.alloc(2)];
  log(fs.readvSync(fd, parts, 0), parts.map(String));
  log(fs.writevSync(fd, [Buffer.from('ab'), Buffer.from('cd'), Buffer.alloc(0)], 1));
  log(text('f'), fs.readFileSync(fd, 'utf8'), JSON.stringify(fs.readFileSync(fd, 'utf8')));
  fs.futimesSync(fd, 1.5, 2.25);
  fs.fchmodSync(fd, 0o640);
  const st = fs.fstatSync(fd), big = fs.fstatSync(fd, { bigint: true });
  log(st.atimeMs, st.mtimeMs, st.mtime.toISOString(), (st.mode & 0o7777).toString(8), big.mtimeNs, big.size);
  fs.fsyncSync(fd);
  fs.fdatasyncSync(fd);
  fs.closeSync(fd);
}
fs.utimesSync('f', new Date(1234567890123), 1e9 + 0.123456789);
log(fs.statSync('f').atimeMs, fs.statSync('f').mtimeMs);

fs.copyFileSync('f', 'g');
fs.appendFileSync('g', '...');
log(text('f'), text('g'), (fs.statSync('g').mode & 0o777).toString(8));
fs.writeFileSync('mode', '', { mode: 0o777 });
log((fs.statSync('mode').mode & 0o777).toString(8), (fs.statSync('data/run.sh').mode & 0o777).toString(8));
process.umask(0);
fs.writeFileSync('mode2', '', { mode: 0o777 });
log((fs.statSync('mode2').mode & 0o777).toString(8));

const big = Buffer.alloc(300000, 'abcdefg');
fs.writeFileSync('big', big);
log(fs.readFileSync('big').equals(big), fs.statSync('big').blocks, fs.statSync('big').blksize);
fs.readFile('big', (e, d) => {
  log('callback', e, d.equals(big));
  fs.open('big', 'r', (e, fd) => {
    fs.read(fd, { buffer: Buffer.alloc(10), position: 3 }, (e, n, b) => {
      log(e, n, b.toString());
      fs.read(fd, Buffer.alloc(10), 0, 10, 299995n, (e, n) => {
        log(e, n);
        fs.readv(fd, [Buffer.alloc(3), Buffer.alloc(4)], (e, n, bufs) => {
          log(e, n, bufs.map(String));
          fs.unlink('big', (e) => {
            log(e, fs.existsSync('big'), fs.fstatSync(fd).nlink, fs.fstatSync(fd).size);
            fs.close(fd, log);
          });
        });
      });
    });
  });
});
log(fs.readFileSync('/dev/null').length, fs.statSync('/dev/null').isCharacterDevice());
fs.writeFileSync('/dev/null', 'gone');
{
  const fd = fs.openSync('/dev/zero');
  const b = Buffer.alloc(4, 1);
  log(fs.readSync(fd, b), b);
  fs.closeSync(fd);
}
