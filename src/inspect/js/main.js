'use strict';
// print(data): the text of the views, or one JSON object.
//
// data: views, function, json, colour, ascii, library, main (path of the script), host (where it is
// on the host), sources (path: text), module, package (text of package.json), flags, sizes and
// size_base (bytes of V8's bytecode by kind of instruction); of a run: functions, events, waits,
// slots, maps, elements, calls, status, virtual_ns.

const { Page, inputError } = require('text');

// Whether Node runs the script as an ECMAScript module.
function isModule(data) {
  if (data.module || /\.mjs$/.test(data.main)) return true;
  if (/\.cjs$/.test(data.main) || !data.package) return false;
  try {
    return JSON.parse(data.package).type === 'module';
  } catch {
    return false;
  }
}

// Node's wrapper around a module's text has no name: it is the first function of its script.
function nameModules(data) {
  const firsts = new Map();
  for (const f of data.functions || [])
    if (!firsts.has(f.script)) firsts.set(f.script, f);
  const ids = new Set();
  for (const f of firsts.values())
    if (f.name === '' && f.line === 1) {
      f.name = '(module)';
      ids.add(f.id);
    }
  for (const row of data.calls ? data.calls.calls : []) if (ids.has(row.function)) row.name = '(module)';
  for (const row of data.elements || []) if (ids.has(row.function_id)) row.function = '(module)';
  for (const map of data.maps || []) if (ids.has(map.function_id)) map.function = '(module)';
  for (const slot of data.slots || [])
    for (const way of slot.seen) if (ids.has(way.target_id)) way.target = '(module)';
}

exports.print = function print(data) {
  nameModules(data);
  data.isModule = isModule(data);
  data.source = data.sources[data.main];
  data.file = data.main.replace(/^\/app\//, '');
  const result = {};
  const page = new Page(data);
  for (const name of data.views) {
    const view = require(name);
    const found = view.make(data);
    if (data.json) {
      result[name] = found;
      if (view.also) Object.assign(result, view.also(data));
    } else {
      page.heading(view.title, data.views.length > 1);
      view.print(page, found, data);
    }
  }
  if (data.function && !page.found && !data.json)
    throw inputError(`--function: the program has no function "${data.function}"`);
  return data.json ? JSON.stringify(result, null, 1) + '\n' : page.text;
};
