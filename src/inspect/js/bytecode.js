'use strict';
// Bytecode of each function: the engine's own, and nsim's rendering for V8's register machine.
const text = require('text');
const ignition = require('ignition');

exports.title = 'Bytecode';

function compiled(data) {
  try {
    return compile(data.source, data.main, data.isModule);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    text.parse(data); // says where
    throw text.inputError(`${data.host}: SyntaxError: ${error.message}`);
  }
}

// As model/jit_size.c counts.
function v8Size(fn, data) {
  let size = data.size_base;
  for (const insn of fn.code) size += data.sizes[insn.kind];
  return Math.max(1, Math.round(size));
}

function operand(insn) {
  if (insn.target !== undefined) return (insn.name ? `${insn.name}, ` : '') + `@${insn.target}`;
  if (insn.function !== undefined) return `function ${insn.function}`;
  if ('value' in insn) return typeof insn.value === 'bigint' ? `${insn.value}n` : JSON.stringify(insn.value);
  if (insn.op === 'push_atom_value') return JSON.stringify(insn.name);
  if (insn.name !== undefined) return insn.name;
  if (/^(none|none_int)$/.test(insn.format) || insn.format === 'npopx') return '';
  return insn.index === undefined ? '' : String(insn.index);
}

function describe(fn, chain, data) {
  return {
    name: chain.length === 0 && !fn.name ? '(module)' : fn.name,
    line: fn.line,
    column: fn.column,
    parameters: fn.args.map((v) => v.name),
    engine: {
      bytes: fn.bytes,
      stack: fn.stack,
      code: fn.code.map((insn) => ({ offset: insn.at, op: insn.op, operand: operand(insn), line: insn.line, column: insn.column })),
    },
    v8_size: v8Size(fn, data),
    ignition: ignition.render(fn, chain),
  };
}

// Methods have their name from the class that defines them: Acorn's tree knows it by the place.
function nameByPlace(data) {
  const names = new Map();
  for (const [node, name] of text.nameFunctions(text.parse(data)))
    names.set(node.loc.start.line, [...(names.get(node.loc.start.line) || []), { column: node.loc.start.column + 1, name }]);
  return (fn) => {
    if (fn.name) return fn.name;
    // A method's tree begins at its parameters, the engine's place at its name.
    const found = (names.get(fn.line) || []).filter((n) => n.column >= fn.column).sort((a, b) => a.column - b.column);
    return found.length > 0 ? found[0].name : '';
  };
}

exports.make = function make(data) {
  const found = [];
  const named = nameByPlace(data);
  const visit = (fn, chain) => {
    if (chain.length > 0) fn.name = named(fn);
    const row = describe(fn, chain, data);
    if (text.wanted(null, data, row.name)) found.push(row);
    fn.functions.forEach((f) => visit(f, [fn, ...chain]));
  };
  visit(compiled(data), []);
  return found;
};

exports.print = function print(page, functions, data) {
  page.note(`${data.file}: "engine" is QuickJS's own bytecode, which nsim runs. "Ignition" is nsim's rendering of it for`);
  page.note('V8\'s registers r0.., parameters a0.. and accumulator: V8\'s own choices may differ. [n] are constants and slots.');
  for (const fn of functions) {
    page.found = true;
    page.line();
    page.line(`${page.style('bold', `${text.named(fn.name)}(${fn.parameters.join(', ')})`)} at line ${fn.line}`);
    page.line(`  engine: ${fn.engine.bytes} bytes, stack of ${fn.engine.stack}`);
    let line = 0;
    for (const insn of fn.engine.code) {
      const place = insn.line !== line ? `line ${insn.line}` : '';
      line = insn.line;
      page.line(`  ${String(insn.offset).padStart(6)}  ${page.style('cyan', insn.op.padEnd(20))} ${insn.operand.padEnd(24)} ${page.style('dim', place)}`);
    }
    const i = fn.ignition;
    page.line(`  Ignition, nsim's rendering: ${i.bytes} bytes, ${text.count(i.registers, 'register')}, ${text.count(i.parameters, 'parameter')} with this; the tier model counts ${fn.v8_size} bytes`);
    for (const row of i.code) {
      if (row.engine) {
        page.line(`  ${' '.repeat(6)}  ${page.style('dim', `; engine: ${row.engine}, which is not rendered`)}`);
        continue;
      }
      const operands = row.operands.join(', ');
      page.line(`  ${String(row.offset).padStart(6)}  ${page.style('green', row.name.padEnd(26))} ${row.comment ? `${operands.padEnd(18)} ${page.style('dim', `; ${row.comment}`)}` : operands}`);
    }
    for (const h of i.handlers) page.line(`          handler for @${h.from} and on: @${h.handler}`);
  }
};
