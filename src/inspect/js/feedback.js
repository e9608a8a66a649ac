'use strict';
// Type feedback of every site, in V8's lattices (src/objects/type-hints.h, src/ic).
const text = require('text');
const maps = require('maps');

exports.title = 'Feedback';

// What a site saw, in words.
function words(slot, known) {
  return slot.seen.map((way) => {
    if (way.type) return way.type;
    if (way.map !== undefined) return known.has(way.map) ? known.get(way.map) : `map ${way.map}`;
    if (way.target === 'native') return 'a native function';
    return `${text.named(way.target)} (${text.place(way.script, way.line)})`;
  });
}

exports.make = function make(data) {
  const functions = new Map(data.functions.map((f) => [f.id, f]));
  const known = maps.names(data.maps);
  const rows = new Map();
  for (const slot of data.slots) {
    const f = functions.get(slot.function);
    if (!f || !text.wanted(null, data, f.name)) continue;
    if (!rows.has(f.id)) rows.set(f.id, { name: f.name, script: f.script, line: f.line, calls: f.calls, sites: [] });
    const never = slot.hits === 0;
    // The engine's own call for the fields of a class, in every constructor.
    if (never && slot.kind === 'call' && slot.line === f.line && /^constructor\b/.test(text.excerpt(data.sources[f.script], slot.line, slot.column))) continue;
    rows.get(f.id).sites.push({
      offset: slot.offset,
      line: slot.line,
      column: slot.column,
      kind: slot.kind,
      state: never ? 'uninitialized' : slot.state,
      ways: slot.seen.length,
      executed: slot.hits,
      seen: words(slot, known),
      source: text.excerpt(data.sources[f.script], slot.line, 1, 72),
    });
  }
  // Functions without a feedback vector are shown as such.
  for (const f of data.functions)
    if (!rows.has(f.id) && text.wanted(null, data, f.name))
      rows.set(f.id, { name: f.name, script: f.script, line: f.line, calls: f.calls, sites: [] });
  return [...rows.values()];
};

const colours = { uninitialized: 'dim', monomorphic: 'green', polymorphic: 'yellow', megamorphic: 'red', Any: 'red', SignedSmall: 'green', Number: 'green', String: 'green' };

exports.print = function print(page, functions, data) {
  page.note('state: of arithmetic and comparisons what their operands were; of the others how many maps, or call targets,');
  page.note('they saw. Counted since the function got its feedback vector; without one yet, since its second call.');
  for (const f of functions) {
    page.found = true;
    page.line();
    const sites = f.sites.length ? '' : ': no feedback (one call, or no site)';
    page.line(`${page.style('bold', text.named(f.name))} (${text.place(f.script, f.line)}), ${text.count(f.calls, 'call')}${sites}`);
    let line = 0;
    for (const s of f.sites) {
      if (s.line !== line) page.line(`${String(s.line).padStart(5)}: ${page.style('cyan', s.source)}`);
      line = s.line;
      const state = s.state === 'polymorphic' ? `polymorphic(${s.ways})` : s.state;
      page.line(`       ${`column ${s.column}`.padEnd(11)}${s.kind.padEnd(14)} ${page.style(colours[s.state] || 'yellow', state.padEnd(17))} ${String(s.executed).padStart(9)} x  ${s.seen.join('; ')}`);
    }
  }
};
