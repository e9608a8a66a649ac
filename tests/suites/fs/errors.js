// Errors of every call in its three forms: message, number, call, paths.
'use strict';
const fs = require('fs');
const { promisify } = require('util');

fs.mkdirSync('full/sub', { recursive: true });
fs.writeFileSync('file', 'x');
fs.writeFileSync('closed', 'x');
fs.chmodSync('closed', 0);
fs.mkdirSync('sealed');
fs.chmodSync('sealed', 0o500);
fs.symlinkSync('loop', 'loop');
fs.symlinkSync('nowhere', 'dangling');
const fd = fs.openSync('file', 'r');
const bad = 9999;
const long = 'n'.repeat(300);
const buffer = Buffer.alloc(4);

const calls = [
  ['access', 'none'], ['access', 'file', fs.constants.X_OK], ['access', 'closed', fs.constants.R_OK],
  ['open', 'none', 'r'], ['open', 'file', 'wx'], ['open', 'full', 'w'], ['open', 'file/x', 'r'],
  ['open', 'loop', 'r'], ['open', long, 'w'], ['open', 'closed', 'r'], ['open', 'sealed/x', 'w'],
  ['open', 'none/', 'w'], ['open', '', 'r'], ['open', 'full', 'a+'], ['open', 'dangling', 'wx'],
  ['open', 'file', fs.constants.O_DIRECTORY], ['open', 'dangling', fs.constants.O_NOFOLLOW],
  ['close', bad], ['fstat', bad], ['fsync', bad], ['fdatasync', bad], ['ftruncate', bad, 1],
  ['ftruncate', fd, 1], ['read', bad, buffer, 0, 4, 0], ['write', fd, buffer, 0, 4, 0],
  ['write', fd, 'text'], ['writev', fd, [buffer]], ['readv', bad, [buffer]],
  ['fchmod', bad, 0o600], ['fchown', bad, 1, 1], ['futimes', bad, 1, 1],
  ['stat', 'none'], ['stat', 'file/x'], ['stat', 'loop'], ['stat', 'dangling'], ['lstat', 'none'],
  ['statfs', 'none'], ['readFile', 'none'], ['readFile', 'full'], ['readFile', 'none', 'utf8'],
  ['readFile', 'full', 'utf8'], ['writeFile', 'full', 'x'], ['writeFile', 'none/x', 'x'],
  ['writeFile', 'sealed/x', 'x'], ['appendFile', 'none/x', 'x'], ['truncate', 'none', 1],
  ['mkdir', 'full'], ['mkdir', 'file'], ['mkdir', 'none/sub'], ['mkdir', 'file/sub'],
  ['mkdir', 'sealed/sub'], ['mkdir', 'file/a/b', { recursive: true }],
  ['mkdir', 'file', { recursive: true }], ['mkdir', 'sealed/a/b', { recursive: true }],
  ['rmdir', 'full'], ['rmdir', 'file'], ['rmdir', 'none'], ['rmdir', '.'], ['rmdir', 'dangling'],
  ['unlink', 'none'], ['unlink', 'full'], ['unlink', 'file/'], ['rm', 'none'], ['rm', 'full'],
  ['readdir', 'none'], ['readdir', 'file'], ['opendir', 'none'], ['opendir', 'file'],
  ['rename', 'none', 'other'], ['rename', 'full', 'full/sub/x'], ['rename', 'file', 'full'],
  ['rename', 'full', 'file'], ['rename', 'file', 'none/x'], ['rename', 'full/sub', 'full'],
  ['copyFile', 'none', 'x'], ['copyFile', 'file', 'file', fs.constants.COPYFILE_EXCL],
  ['copyFile', 'file', 'none/x'], ['copyFile', 'file', 'full'],
  ['link', 'none', 'x'], ['link', 'file', 'full'], ['link', 'full', 'x'],
  ['symlink', 'x', 'file'], ['symlink', 'x', 'none/x'], ['symlink', '', 'x'],
  ['readlink', 'file'], ['readlink', 'none'], ['realpath', 'none'], ['realpath', 'loop'],
  ['realpath', 'dangling'], ['mkdtemp', 'none/x-'], ['mkdtemp', 'sealed/x-'],
  ['chmod', 'none', 0o600], ['chown', 'none', 1, 1], ['chown', 'file', 0, 0], ['lchown', 'none', 1, 1],
  ['utimes', 'none', 1, 1], ['lutimes', 'none', 1, 1], ['cp', 'none', 'x'], ['cp', 'full', 'x'],
];

const show = (form, name, e) => {
  // The letters that an asynchronous mkdtemp has drawn are shown.
  const plain = (text) => (name === 'mkdtemp' ? text.replace(/x-\w{6}/, 'x-XXXXXX') : text);
  const { code, errno, syscall, dest } = e;
  const path = e.path && plain(e.path);
  console.log(form, name, e.name, plain(e.message), code, errno, syscall, path, dest,
              JSON.stringify(Object.keys(e)));
};

async function main() {
  for (const [name, ...args] of calls) {
    try {
      const result = fs[`${name}Sync`](...args);
      console.log('sync', name, 'gives', typeof result);
    } catch (e) {
      show('sync', name, e);
    }
    await new Promise((resolve) => {
      try {
        fs[name](...args, (e) => { e ? show('callback', name, e) : console.log('no error'); resolve(); });
      } catch (e) {
        show('throws', name, e);
        resolve();
      }
    });
    if (!fs.promises[name]) continue;
    await fs.promises[name](...args).then(() => console.log('no error'), (e) => show('promise', name, e));
  }
}

main().then(() => {
  console.log(fs.existsSync('none'), fs.existsSync('closed'), fs.existsSync('dangling'));
  console.log(fs.statSync('none', { throwIfNoEntry: false }));
  console.log(fs.lstatSync('none', { throwIfNoEntry: false }));
  try { fs.statSync('file/x', { throwIfNoEntry: false }); } catch (e) { show('sync', 'stat', e); }
  for (const wrong of [-1, 1.5, NaN, Infinity, 2 ** 31, '3', null, undefined, {}, true, 4n, 'x'.repeat(40), [], () => {}]) {
    for (const name of ['closeSync', 'fstatSync', 'fsyncSync', 'readSync']) {
      try { fs[name](wrong, buffer); } catch (e) { console.log(name, e.name, e.code, e.message); }
    }
  }
  fs.chmodSync('sealed', 0o700);
});
