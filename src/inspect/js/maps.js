'use strict';
// Hidden classes: V8's maps, as a tree of the transitions between them.
const text = require('text');

exports.title = 'Maps';
const FIRST = 16; // ids below are no maps (engine/probe.h, NS_SHAPE_FIRST)

const keysOf = (map, byId) => {
  const keys = [];
  for (let at = map; at && at.parent; at = byId.get(at.parent)) if (!at.elements) keys.unshift(at.name);
  return keys;
};

const label = (map, byId, short) => {
  const keys = keysOf(map, byId);
  let elements = '';
  let at = map;
  for (; at && at.parent; at = byId.get(at.parent)) elements = elements || at.elements || '';
  const root = at ? at.name : '';
  if (elements) return `Array[${elements}]`;
  if (root === 'Array' && keys.length <= 1) return 'Array[PACKED_SMI_ELEMENTS]';
  const shown = short && keys.length > 8 ? [...keys.slice(0, 6), `... ${keys.length} in all`] : keys;
  return `${root === 'Object' || root === 'null' ? '' : root}{${shown.join(', ')}}`;
};

// id -> "Point{x, y}"
exports.names = function names(list) {
  const byId = new Map(list.map((m) => [m.id, m]));
  return new Map(list.map((m) => [m.id, label(m, byId, true) + (m.deprecated ? ' (deprecated)' : '')]));
};

// The tree that the program's own maps span.
exports.make = function make(data) {
  const dictionaries = data.maps.filter((m) => m.id < FIRST && m.script && (data.library || !m.script.startsWith('node:')) &&
    (!data.function || m.function === data.function));
  data.maps = data.maps.filter((m) => m.id >= FIRST);
  return [...tree(data), ...dictionaries.map((m) => ({
    id: m.id, name: 'dictionary', objects: m.alive, made: { function: m.function, script: m.script, line: m.line }, transitions: [],
  }))];
};

function tree(data) {
  const byId = new Map(data.maps.map((m) => [m.id, m]));
  const called = new Map(data.maps.map((m) => [m.id, label(m, byId, true)]));
  const library = (m) => !m.own || (m.script || '').startsWith('node:') || !m.script;
  const shown = new Set();
  for (const map of data.maps) {
    // Properties that are not enumerable are those of built-in objects and of prototypes. Of plain
    // arrays printKinds tells more.
    if ((library(map) || map.hidden || map.elements) && !data.library) continue;
    if (data.function && map.function !== data.function) continue;
    for (let at = map; at; at = byId.get(at.parent)) shown.add(at.id);
  }
  const rows = new Map();
  const roots = [];
  for (const map of data.maps) {
    if (!shown.has(map.id)) continue;
    const parent = byId.get(map.parent);
    const row = {
      id: map.id,
      name: called.get(map.id),
      ...(map.parent ? { adds: map.elements || map.name, keys: keysOf(map, byId) } : {}),
      ...(map.representation ? { representation: map.representation, constant: map.constant } : {}),
      ...(map.accessor ? { accessor: true } : {}),
      ...(map.deprecated ? { deprecated: true } : {}),
      ...(map.previous ? { replaces: map.previous } : {}),
      alive: map.alive,
      ...(map.seen ? {} : { seen: false }),
      ...(map.own && map.script ? { [map.made ? 'made' : 'first_seen']: { function: map.function, script: map.script, line: map.line } } : {}),
      transitions: [],
    };
    rows.set(map.id, row);
    // An array's length is part of its first map.
    if (parent && map.name === 'length' && row.name.startsWith('Array[')) {
      const root = rows.get(parent.id);
      Object.assign(root, { id: row.id, alive: row.alive });
      delete root.made;
      rows.set(map.id, root);
      continue;
    }
    if (parent && rows.has(parent.id)) rows.get(parent.id).transitions.push(row);
    else roots.push(row);
  }
  return roots;
}

// Where it was made; of what Node or the engine made, where feedback saw it first.
function place(row) {
  const at = row.made || row.first_seen;
  if (!at) return '';
  const word = row.made ? (row.adds === undefined ? 'of' : 'made in') : 'first seen in';
  return `${word} ${text.named(at.function)} (${text.place(at.script, at.line)})`;
}

// A chain without branches is one line's worth of properties, but each has its own representation.
function print(page, row, indent) {
  const facts = [];
  if (row.representation && !row.accessor) facts.push(row.representation.toLowerCase() === 'none' ? 'no value yet' : row.representation, row.constant ? 'const' : 'mutable');
  if (row.accessor) facts.push('accessor');
  if (row.seen === false) facts.push('no feedback');
  if (row.deprecated) facts.push(page.style('red', 'deprecated'));
  if (row.replaces) facts.push(`instead of map ${row.replaces}`);
  const what = row.adds === undefined ? `${page.style('bold', row.name)} (no properties)` : `+ ${page.style('cyan', row.adds)}`;
  const alive = row.alive ? `${row.alive} alive` : '';
  const made = place(row);
  const name = row.adds === undefined ? '' : row.name;
  const left = `${'  '.repeat(indent)}${what}`;
  const plain = `${'  '.repeat(indent)}${row.adds === undefined ? `${row.name} (no properties)` : `+ ${row.adds}`}`;
  page.line(`${left}${' '.repeat(Math.max(1, 26 - plain.length))}map ${String(row.id).padEnd(5)} ${[name, facts.join(', '), alive, made].filter(Boolean).join('; ')}`);
  for (const next of row.transitions) print(page, next, indent + 1);
}

// Where arrays came to another elements kind. V8's kinds go one way: from Smi to double to anything, from packed to holey.
function kindsOf(data) {
  return (data.elements || []).filter((e) => !e.function_id || (data.library || !e.script.startsWith('node:')) &&
    (!data.function || e.function === data.function));
}

exports.also = (data) => ({
  elements: kindsOf(data).map((e) => (e.function_id ? {
    from: e.from, to: e.to, made: e.made, function: e.function, script: e.script, line: e.line, arrays: e.arrays,
  } : { elsewhere: e.arrays })),
});

function printKinds(page, rows) {
  if (rows.length === 0) return;
  page.found = true;
  page.line();
  page.line(page.style('yellow', 'Arrays begin as PACKED_SMI_ELEMENTS; those of another elements kind have another map. It never goes back:'));
  for (const e of rows) {
    if (!e.function_id) {
      page.line(`  ${text.count(e.arrays, 'time')} at other places`);
      continue;
    }
    const change = e.made ? `made with ${e.to}` : `${e.from} -> ${e.to}`;
    page.line(`  ${change.padEnd(48)} ${text.count(e.arrays, 'array').padStart(10)}  in ${text.named(e.function)} (${text.place(e.script, e.line)})`);
  }
}

exports.print = function printMaps(page, roots, data) {
  page.note('A map names its properties in the order in which they came: {x, y} and {y, x} are two. Each line adds one.');
  page.note('Objects alive are counted at the program\'s end; Node\'s own maps are left out' + (data.library ? ', but not here.' : ' (--library).'));
  for (const root of roots.filter((r) => r.id >= FIRST)) {
    page.found = true;
    page.line();
    print(page, root, 0);
  }
  const dictionaries = roots.filter((r) => r.id < FIRST);
  if (dictionaries.length > 0) {
    page.line();
    page.line('In dictionary mode, after a delete or with too many properties: no map of their own');
  }
  for (const d of dictionaries) {
    page.found = true;
    page.line(`  ${text.count(d.objects, 'object')} first seen so in ${text.named(d.made.function)} (${text.place(d.made.script, d.made.line)})`);
  }
  const kinds = kindsOf(data);
  if (roots.length === 0) page.line(kinds.length ? 'The program made no map but those of arrays.' : 'The program made no map.');
  printKinds(page, kinds);
  // Two maps of the same properties in another order are the usual mistake.
  const sets = new Map();
  const visit = (row) => {
    if (row.adds !== undefined && row.made && !row.deprecated && !/^Array\[/.test(row.name)) {
      const keys = row.keys;
      if (keys.length > 1) {
        const key = [...keys].sort().join(', ');
        sets.set(key, [...(sets.get(key) || []), row]);
      }
    }
    row.transitions.forEach(visit);
  };
  roots.forEach(visit);
  for (const rows of sets.values()) {
    const orders = new Set(rows.map((r) => r.keys.join(', ')));
    if (orders.size < 2) continue;
    page.line();
    page.line(page.style('yellow', 'The same properties in another order are other maps:'));
    for (const r of rows) page.line(`  ${r.name}, ${place(r)}`);
  }
};
