'use strict';
// The call stack as it grows and shrinks.
const text = require('text');

exports.title = 'Calls';
const SHOWN = 400;

exports.make = function make(data) {
  const { calls, unrecorded } = data.calls;
  if (!data.function) return { calls, unrecorded };
  // The calls of the function, and all that they call.
  const found = [];
  let inside = -1;
  for (const call of calls) {
    if (inside >= 0 && call.depth <= inside) inside = -1;
    if (inside < 0 && call.name === data.function) inside = call.depth;
    if (inside >= 0) found.push({ ...call, depth: call.depth - inside });
  }
  return { calls: found, unrecorded };
};

exports.print = function print(page, { calls, unrecorded }, data) {
  page.note('Each line is a call: when it began, how long it took in virtual time, and below it what it called. Calls');
  page.note('that repeat in the same order, as in a loop, are counted in one place. Native functions are not shown.');
  const bar = data.ascii ? '| ' : '\u2502 ';
  page.line();
  page.line(`${'begins'.padStart(12)} ${'takes'.padStart(10)}  depth`);
  for (const call of calls.slice(0, SHOWN)) {
    page.found = true;
    const times = call.count > 1 ? ` x ${call.count}` : '';
    page.line(`${text.time(call.begin_ns).padStart(12)} ${text.time(call.time_ns).padStart(10)}  ${page.style('dim', bar.repeat(call.depth))}${page.style('cyan', text.named(call.name))} (${text.place(call.script, call.line)})${times}`);
  }
  if (calls.length > SHOWN) page.line(`and ${calls.length - SHOWN} lines more (--json has all; --function NAME narrows)`);
  if (unrecorded) page.line(`${text.count(unrecorded, 'call')} found no room in the record`);
  const deepest = calls.reduce((most, call) => Math.max(most, call.depth), 0);
  page.line(`The stack was at most ${text.count(deepest + 1, 'call')} deep.`);
};
