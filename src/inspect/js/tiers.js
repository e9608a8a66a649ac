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

exports.make = function make(data) {
  const rows = [];
  const byFunction = new Map();
  for (const event of data.events) byFunction.set(event.function, [...(byFunction.get(event.function) || []), event]);
  for (const f of data.functions) {
    if (!text.wanted(null, data, f.name)) continue;
    const { id, ...facts } = f;
    rows.push({ ...facts, events: (byFunction.get(id) || []).map(({ function: _, ...e }) => e) });
  }
  return rows.sort((a, b) => time(b) - time(a));
};

const time = (f) => f.ignition_ns + f.sparkplug_ns + f.maglev_ns + f.turbofan_ns;

const pure = new Set(['folded', 'invariant', 'redundant', 'unchecked', 'reduced']);

// The same spot comes once for each place that its function is inlined at.
function spots(e) {
  const times = new Map();
  for (const s of e.spots || [e]) {
    const spot = `${s.detail}${s.site ? ` at ${text.file(s.site)}` : ''}`;
    times.set(spot, (times.get(spot) || 0) + 1);
  }
  return [...times].map(([spot, n]) => (n > 1 ? `${spot} (${n} times)` : spot)).join(', ');
}

const inlined = (e) => `${e.detail.replace(/(\d)\.00 times/, '$1 times')}${e.site ? ` at ${text.file(e.site)}` : ''}: ${e.reason}`;

// One line for what became of several instructions of one code for one reason.
function gathered(events) {
  const rows = [], open = new Map();
  for (const e of events) {
    const key = `${e.opt_id} ${e.kind} ${e.reason}`;
    if (pure.has(e.kind) && open.has(key)) {
      open.get(key).spots.push(e);
      continue;
    }
    rows.push(pure.has(e.kind) ? { ...e, spots: [e] } : e);
    if (pure.has(e.kind)) open.set(key, rows[rows.length - 1]);
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
      return `  object of ${e.site ? text.file(e.site) : 'an unknown place'} ` +
        (e.reason === 'removed' ? 'removed: it does not escape' : `allocated: it escapes${e.detail ? `, ${e.detail}` : ''}`);
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
  for (const f of rows) {
    page.found = true;
    page.line();
    page.line(`${page.style('bold', text.named(f.name))} (${text.place(f.script, f.line)}): ${text.count(f.calls, 'call')}, ${text.count(f.back_edges, 'loop iteration')}, ${text.count(f.bytecode_size, 'byte')} of bytecode`);
    const times = ['ignition', 'sparkplug', 'maglev', 'turbofan'].filter((t) => f[`${t}_ns`] > 0).map((t) => `${names[t]} ${text.time(f[`${t}_ns`])}`);
    page.line(`  at the end in ${names[f.tier]}${times.length ? `; time in ${times.join(', ')}` : ''}`);
    if (f.not_optimized) page.line(`  not in TurboFan: ${f.not_optimized}${notOptimized[f.not_optimized] ? `: ${notOptimized[f.not_optimized]}` : ''}`);
    const events = gathered(f.events);
    for (const e of events.slice(0, 60)) {
      page.line(`  ${text.time(e.t_ns).padStart(9)}  ${what(page, e)}`);
      if (e.words) page.line(`             ${page.style('dim', `${e.words}: ${e.advice}`)}`);
    }
    if (events.length > 60) page.line(`             and ${events.length - 60} events more (--json has all)`);
  }
};
