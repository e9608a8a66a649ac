#!/usr/bin/env node
// Measures what a call of the file system costs in CPU time on this machine: the constants of
// profiles/default/fs.json, as the real Node 20 makes the calls. Run it with
//
//   node --no-warnings --expose-internals bench/fit-fs.js [folder]
//
// The folder (default: /dev/shm) should be in memory, so that no device takes part. Each figure is the
// median of 9 rounds; the cost of calling a binding at all is subtracted.
'use strict';
const path = require('path');
const fs = require('fs');
const { internalBinding } = require('internal/test/binding');
const binding = internalBinding('fs');
const dirs = internalBinding('fs_dir');
const { getProxyDetails } = internalBinding('util');

const base = process.argv[2] || '/dev/shm';
const folder = fs.mkdtempSync(path.join(base, 'fit-fs-'));
const at = (name) => path.join(folder, name);
const ROUNDS = 9, CALLS = 2000;

// ns per call of `run`, called with 0, 1, 2 ...; `prepare` and `clean` are not timed.
function time(run, prepare = () => {}, clean = () => {}) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < CALLS; i++) prepare(i);
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) run(i);
    rounds.push(Number(process.hrtime.bigint() - start) / CALLS);
    for (let i = 0; i < CALLS; i++) clean(i);
  }
  return rounds.sort((a, b) => a - b)[(ROUNDS - 1) / 2];
}

const { O_RDONLY, O_RDWR, O_CREAT } = fs.constants;
fs.writeFileSync(at('file'), 'x');
fs.symlinkSync('file', at('link'));
fs.mkdirSync(at('empty'));
const fd = fs.openSync(at('file'), 'r+');
const byte = Buffer.alloc(1);
const fds = [];
const file = at('file');
const touch = (i) => fs.closeSync(fs.openSync(at(`f${i}`), 'w'));
const remove = (i) => fs.unlinkSync(at(`f${i}`));
const open = (i) => { fds[i] = binding.open(file, O_RDONLY, 0); };
const close = (i) => binding.close(fds[i]);
const ctx = {};
const uid = process.getuid(), gid = process.getgid();

const calls = {
  access: () => time(() => binding.access(file, 0)),
  chmod: () => time(() => binding.chmod(file, 0o644)),
  chown: () => time(() => binding.chown(file, uid, gid)),
  close: () => time(close, open),
  copyfile: () => time((i) => binding.copyFile(file, at(`f${i}`), 0), undefined, remove),
  fchmod: () => time(() => binding.fchmod(fd, 0o644)),
  fchown: () => time(() => binding.fchown(fd, uid, gid)),
  fdatasync: () => time(() => binding.fdatasync(fd)),
  fstat: () => time(() => binding.fstat(fd, false, undefined, false)),
  fsync: () => time(() => binding.fsync(fd)),
  ftruncate: () => time((i) => binding.ftruncate(fd, 1 + i % 2)),
  futime: () => time(() => binding.futimes(fd, 1, 1)),
  lchown: () => time(() => binding.lchown(file, uid, gid)),
  link: () => time((i) => binding.link(file, at(`f${i}`)), undefined, remove),
  lstat: () => time(() => binding.lstat(file, false, undefined, true)),
  lutime: () => time(() => binding.lutimes(file, 1, 1)),
  mkdir: () => time((i) => binding.mkdir(at(`f${i}`), 0o777, false), undefined,
                    (i) => fs.rmdirSync(at(`f${i}`))),
  mkdtemp: () => {
    const made = [];
    return time((i) => { made[i] = binding.mkdtemp(at('t-'), 'utf8'); }, undefined,
                (i) => fs.rmdirSync(made[i]));
  },
  open: () => time(open, undefined, close),
  opendir: () => {
    const handles = [];
    return time((i) => { handles[i] = dirs.opendirSync(at('empty')); }, undefined,
                (i) => handles[i].close(undefined, ctx));
  },
  closedir: () => {
    const handles = [];
    return time((i) => handles[i].close(undefined, ctx),
                (i) => { handles[i] = dirs.opendirSync(at('empty')); });
  },
  readdir: () => {
    const handles = [];
    return time((i) => handles[i].read('utf8', 32, undefined, ctx),
                (i) => { handles[i] = dirs.opendirSync(at('empty')); },
                (i) => handles[i].close(undefined, ctx));
  },
  read: () => time(() => binding.read(fd, byte, 0, 1, 0)),
  readlink: () => time(() => binding.readlink(at('link'), 'utf8')),
  realpath: () => time(() => binding.realpath(at('link'), 'utf8')),
  rename: () => time((i) => binding.rename(at(`f${i}`), at(`g${i}`)), touch,
                     (i) => fs.unlinkSync(at(`g${i}`))),
  rmdir: () => time((i) => binding.rmdir(at(`f${i}`)), (i) => fs.mkdirSync(at(`f${i}`))),
  scandir: () => time(() => binding.readdir(at('empty'), 'utf8', false)),
  stat: () => time(() => binding.stat(file, false, undefined, true)),
  statfs: () => time(() => binding.statfs(file, false)),
  symlink: () => time((i) => binding.symlink('file', at(`f${i}`), 0), undefined, remove),
  unlink: () => time(remove, touch),
  utime: () => time(() => binding.utimes(file, 1, 1)),
  write: () => time(() => binding.writeBuffer(fd, byte, 0, 1, 0, undefined, ctx)),
};

// ps per byte, from 64 KiB at a time; the call itself is small beside it.
function perByte(run) {
  const size = 65536, block = Buffer.alloc(size, 1);
  const big = fs.openSync(at('big'), O_RDWR | O_CREAT);
  for (let i = 0; i < 256; i++) fs.writeSync(big, block, 0, size, i * size);
  const ns = time((i) => run(big, block, size, (i % 256) * size));
  fs.closeSync(big);
  fs.unlinkSync(at('big'));
  return ns * 1000 / size;
}

// ns per entry of a folder, beyond the call.
function perEntry() {
  const count = 1000;
  fs.mkdirSync(at('full'));
  for (let i = 0; i < count; i++) fs.writeFileSync(at(`full/entry-${i}`), '');
  const rounds = [];
  for (let i = 0; i < 50; i++) {
    const start = process.hrtime.bigint();
    binding.readdir(at('full'), 'utf8', false);
    rounds.push(Number(process.hrtime.bigint() - start));
  }
  return rounds.sort((a, b) => a - b)[25] / count;
}

const probe = {};
const overhead = time(() => getProxyDetails(probe, false));
const source = 'measured: node --expose-internals bench/fit-fs.js, in tmpfs';
const result = {};
const put = (name, value, unit) => { result[name] = { value: Math.round(value), unit, source }; };
put('read_byte', perByte((f, b, n, p) => binding.read(f, b, 0, n, p)), 'ps');
put('write_byte', perByte((f, b, n, p) => binding.writeBuffer(f, b, 0, n, p, undefined, ctx)), 'ps');
put('entry', perEntry(), 'ns');
for (const [name, measure] of Object.entries(calls)) put(name, measure() - overhead, 'ns');
fs.closeSync(fd);
fs.rmSync(folder, { recursive: true });

const lines = Object.entries(result).map(([name, c]) => `  "${name}": ${JSON.stringify(c)}`);
console.log(`{\n${lines.join(',\n')}\n}`);
