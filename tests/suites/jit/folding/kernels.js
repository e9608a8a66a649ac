'use strict';
// Loops whose bodies hold what TurboFan computes once or not at all, beside the same that varies. With a name and a
// number: so many rounds of that one, and the CPU time of each in ns.
const PI = 7.5;
function returning(i, b) { if (i === b) return 1; return i; }
function throwing(i, b) { if (i === b) throw i; return i; }
function unseen(i, b) { if (i === b) return b.unseen; return i; }
const kernels = {
  divisionInvariant: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s += a / b; return s; },
  divisionVarying: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s += i / b; return s; },
  moduloInvariant: (n, a, b, o) => { let s = 0; const x = o.x, y = o.y; for (let i = 0; i < n; i++) s = (s + x % y) | 0; return s; },
  moduloVarying: (n, a, b, o) => { let s = 0; const y = o.y; for (let i = 0; i < n; i++) s = (s + i % y) | 0; return s; },
  moduloConstant: (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + i % 7) | 0; return s; },
  moduloPower: (n) => { let s = 0; for (let i = 0; i < n; i++) s = (s + i % 8) | 0; return s; },
  rootInvariant: (n, a) => { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(a); return s; },
  rootVarying: (n) => { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; },
  sineInvariant: (n, a) => { let s = 0; for (let i = 0; i < n; i++) s += Math.sin(a); return s; },
  sineVarying: (n) => { let s = 0; for (let i = 0; i < n; i++) s += Math.sin(i); return s; },
  divisionConstant: (n) => { let s = 0; for (let i = 0; i < n; i++) s += PI / 3.25; return s; },
  fieldInvariant: (n, a, b, o) => { let s = 0; for (let i = 0; i < n; i++) s = (s + o.x + o.y) | 0; return s; },
  fieldStored: (n, a, b, o) => { for (let i = 0; i < n; i++) o.s = (o.s + o.x) | 0; return o.s; },
  elementInvariant: (n, a, b, o, list) => { let s = 0; for (let i = 0; i < n; i++) s = (s + list[3]) | 0; return s; },
  elementVarying: (n, a, b, o, list) => { let s = 0; for (let i = 0; i < n; i++) s = (s + list[i & 15]) | 0; return s; },
  twice: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s += i / b + i / b; return s; },
  nested: (n, a, b) => { let s = 0; for (let i = 0; i < n >> 6; i++) for (let j = 0; j < 64; j++) s += i / b; return s; },
  bounded: () => { let s = 0; for (let r = 0; r < 20; r++) for (let i = 0; i < 1000; i++) s = (s + i) | 0; return s; },
  leavesByReturn: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) { if (i === b) return s; s = (s + i) | 0; } return s; },
  leavesByThrow: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) { if (i === b) throw s; s = (s + i) | 0; } return s; },
  leavesUnseen: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) { if (i === b) s += a.unseen; s = (s + i) | 0; } return s; },
  inlinesReturn: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s = (s + returning(i, b)) | 0; return s; },
  inlinesThrow: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s = (s + throwing(i, b)) | 0; return s; },
  inlinesUnseen: (n, a, b) => { let s = 0; for (let i = 0; i < n; i++) s = (s + unseen(i, b)) | 0; return s; },
  typeKnown: (n) => { let s = 0; for (let i = 0; i < n; i++) if (typeof (i + 0.5) === 'number') s++; return s; },
};
const wanted = process.argv[2], rounds = Number(process.argv[3]);
const o = { x: 1000003, y: 97, s: 0 }, list = Array.from({ length: 16 }, (_, i) => i);
const kernel = kernels[wanted];
// All of it has feedback before it is compiled.
for (let i = 0; i < 100; i++) kernel(64, 3.5, 1.25, o, list);
for (let i = 0; i < 4; i++) kernel(20000, 3.5, 1.25, o, list);
let best = Infinity;
for (let i = 0; i < 8; i++) {
  const start = process.cpuUsage().user;
  kernel(rounds, 3.5, 1.25, o, list);
  best = Math.min(best, process.cpuUsage().user - start);
}
console.log(best * 1000 / rounds);
