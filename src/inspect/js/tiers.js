'use strict';
// What was compiled by which tier when, and why not.
const text = require('text');

// Why a function is not in TurboFan, in plain words.
const notOptimized = {
  'TurboFan is off': 'by a flag',
  'too large': 'beyond --max-optimized-bytecode-size',
  'being compiled': 'the program ended before',
  'marked, not called again': 'code is made at the next call',
  deoptimized: 'it has to get hot again',
  'not enough ticks': 'its interrupt budget ran out too seldom',
  'not hot': 'its interrupt budget never ran out',
};

exports.title = 'Tiers';

const names = { ignition: 'Ignition', sparkplug: 'Sparkplug', maglev: 'Maglev', turbofan: 'TurboFan' };

// Collections that waited for the compilation of a function: they know its name, and it was under way.
function waitsFor(data, f, events) {
  const name = f.name === '' || f.name === '(module)' ? '(anonymous)' : f.name;
  const jobs = [];
  for (const e of events) {
    if (e.kind === 'compile') jobs.push({ from: e.t_ns, to: Infinity });
    else if (e.kind === 'compiled' && jobs.length) jobs[jobs.length - 1].to = e.t_ns;
  }
  return data.waits.filter((w) => w.function === name && jobs.some((j) => j.from <= w.t_ns && w.t_ns <= j.to))
    .map(({ function: _, ...w }) => w);
}

exports.make = function make(data) {
  const rows = [];
  const byFunction = new Map();
  for (const event of data.events) byFunction.set(event.function, [...(byFunction.get(event.function) || []), event]);
  for (const f of data.functions) {
    if (!text.wanted(null, data, f.name)) continue;
    const { id, ...facts } = f;
    const events = (byFunction.get(id) || []).map(({ function: _, ...e }) => e);
    rows.push({ ...facts, events, waits: waitsFor(data, f, events) });
  }
  return rows.sort((a, b) => time(b) - time(a));
};

const time = (f) => f.ignition_ns + f.sparkplug_ns + f.maglev_ns + f.turbofan_ns;

const SPOTS = 8; // of one line

// What may happen at many places of one code for one reason, or many times while it is made.
const pure = new Set(['folded', 'invariant', 'redundant', 'unchecked', 'reduced']);
const isGathered = (e) => pure.has(e.kind) || e.kind === 'safepoint' || (e.kind === 'allocation' && e.reason === 'removed');

// The same spot comes once for each place that its function is inlined at.
function spots(e) {
  const times = new Map();
  for (const s of e.spots || [e]) {
    const site = s.site ? text.file(s.site) : 'an unknown place';
    const spot = s.kind === 'allocation' ? site : `${s.detail}${s.site ? ` at ${site}` : ''}`;
    times.set(spot, (times.get(spot) || 0) + 1);
  }
  const named = [...times].slice(0, SPOTS).map(([spot, n]) => (n > 1 ? `${spot} (${n} times)` : spot)).join(', ');
  return times.size > SPOTS ? `${named} and at ${text.count(times.size - SPOTS, 'place')} more` : named;
}

const inlined = (e) => `${e.detail.replace(/(\d)\.00 times/, '$1 times')}${e.site ? ` at ${text.file(e.site)}` : ''}: ${e.reason}`;

// What collections waited for one compilation.
function waited(waits) {
  const longest = waits.reduce((most, w) => (w.wait_ns > most.wait_ns ? w : most));
  const sum = waits.reduce((all, w) => all + w.wait_ns, 0);
  return waits.length === 1 ? `a ${longest.gc} waits ${text.time(sum)} for this compilation: it pauses for ${text.time(longest.pause_ns)}`
    : `${waits.length} collections wait ${text.time(sum)} for this compilation, the longest ${text.time(longest.wait_ns)} of a pause of ${text.time(longest.pause_ns)}`;
}

// What happened to a function, and what waited for it, by time.
function merged(f) {
  const waits = f.waits.map((w) => ({ kind: 'safepoint', ...w }));
  return waits.length ? [...f.events, ...waits].sort((a, b) => a.t_ns - b.t_ns) : f.events;
}

// One line for what became of several instructions of one code for one reason.
function gathered(events) {
  const rows = [], open = new Map();
  for (const e of events) {
    if (e.kind === 'compile') open.delete('safepoint');
    const key = e.kind === 'safepoint' ? e.kind : `${e.opt_id} ${e.kind} ${e.reason}`;
    if (!isGathered(e)) {
      rows.push(e);
    } else if (open.has(key)) {
      open.get(key).spots.push(e);
    } else {
      rows.push({ ...e, spots: [e] });
      open.set(key, rows[rows.length - 1]);
    }
  }
  return rows;
}

function what(page, e) {
  switch (e.kind) {
    case 'feedback': return 'has its feedback vector';
    case 'baseline': return 'compiled by Sparkplug';
    case 'mark': return `marked for ${names[e.to]}: ${e.reason}`;
    case 'compile': return `${names[e.to]} begins${e.osr ? ', for a loop that runs (OSR)' : ''}: ${e.reason}`;
    case 'compiled': return `${names[e.to]} is done: ${text.time(e.prepare_ns)} before and ${text.time(e.finalize_ns)} after on the main thread, ${text.time(e.execute_ns)} on a helper`;
    case 'optimize': return page.style('green', `optimized${e.to === 'maglev' ? ' by Maglev' : ''}${e.osr ? ' (OSR code)' : ''}, code ${e.opt_id}`);
    case 'allocation':
      if (e.reason === 'removed') return e.spots.length > 1 ? `  objects of ${spots(e)} removed: they do not escape` : `  object of ${spots(e)} removed: it does not escape`;
      return `  object of ${e.site ? text.file(e.site) : 'an unknown place'} allocated: it escapes${e.detail ? `, ${e.detail}` : ''}`;
    case 'materialize': return `allocated after all: ${e.detail} of ${e.reason}`;
    case 'inline': return `  inlines ${inlined(e)}`;
    case 'not-inlined': return `  does not inline ${inlined(e)}`;
    case 'peeled': return `  peels the loop at ${text.file(e.site)}: ${e.reason}`;
    case 'not-peeled': return `  does not peel the loop at ${text.file(e.site)}: ${e.reason}`;
    case 'folded': return `  folded ${spots(e)}: ${e.reason}`;
    case 'invariant': return `  computed once for the loop ${spots(e)}: ${e.reason}`;
    case 'redundant': return `  not computed again ${spots(e)}: ${e.reason}`;
    case 'unchecked': return `  without a check for overflow ${spots(e)}: ${e.reason}`;
    case 'reduced': return `  without a division ${spots(e)}: ${e.reason}`;
    case 'flush': return 'its bytecode is old: a mark-compact drops it, with its feedback';
    case 'compile-lazy': return 'called again, and compiled again';
    case 'safepoint': return `  ${waited(e.spots)}`;
    case 'osr': return page.style('green', 'the loop goes on in optimized code');
    case 'dependency': return page.style('red', `code ${e.opt_id} depended on what changed: ${e.reason}`) + (e.detail ? `; ${e.detail}` : '');
    default:
      if (/^deopt-/.test(e.kind))
        return page.style('red', `${e.kind === 'deopt-lazy' ? 'lazy' : 'eager'} deoptimization of code ${e.opt_id}: ${e.reason}`) +
          (e.site ? ` at ${text.file(e.site)}` : '') + (e.detail ? `; ${/, then /.test(e.detail) ? 'optimized for ' : ''}${e.detail}` : '') + (e.caller ? `; called from ${text.file(e.caller)}` : '');
      return `${e.kind}${e.reason ? `: ${e.reason}` : ''}`;
  }
}

exports.print = function print(page, rows, data) {
  page.note(`V8's tiers as nsim models them; times are virtual. The program ended at ${text.time(data.virtual_ns)}: ${data.status}`);
  const all = data.waits.reduce((sum, w) => sum + w.wait_ns, 0);
  if (all > 0)
    page.note(`${text.count(data.waits.length, 'collection')} waited ${text.time(all)} for threads that compile (V8's safepoint).`);
  for (const f of rows) {
    page.found = true;
    page.line();
    page.line(`${page.style('bold', text.named(f.name))} (${text.place(f.script, f.line)}): ${text.count(f.calls, 'call')}, ${text.count(f.back_edges, 'loop iteration')}, ${text.count(f.bytecode_size, 'byte')} of bytecode`);
    const times = ['ignition', 'sparkplug', 'maglev', 'turbofan'].filter((t) => f[`${t}_ns`] > 0).map((t) => `${names[t]} ${text.time(f[`${t}_ns`])}`);
    page.line(`  at the end in ${names[f.tier]}${times.length ? `; time in ${times.join(', ')}` : ''}`);
    if (f.not_optimized) page.line(`  not in TurboFan: ${f.not_optimized}${notOptimized[f.not_optimized] ? `: ${notOptimized[f.not_optimized]}` : ''}`);
    const events = gathered(merged(f));
    for (const e of events.slice(0, 60)) {
      page.line(`  ${text.time(e.t_ns).padStart(9)}  ${what(page, e)}`);
      if (e.words) page.line(`             ${page.style('dim', `${e.words}: ${e.advice}`)}`);
    }
    if (events.length > 60) page.line(`             and ${events.length - 60} events more (--json has all)`);
  }
};
