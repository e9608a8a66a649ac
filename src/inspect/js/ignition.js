'use strict';
// The engine's stack code as a listing for V8's register machine, in the style of Ignition
// (src/interpreter/bytecodes.h, bytecode-generator.cc): nsim's rendering, not V8's output.
//
// The stack is followed by name: what lies on it is the accumulator, a register, or a constant that
// is not loaded yet. So `a + b` becomes what V8 makes of it, Ldar a1; Add a0. Where paths meet, the
// top of the stack is in the accumulator and the rest in registers by depth.

// Its instructions are in ignition_*.js, by kind.
const { ACC, Stack } = require('ignition_stack');
const kinds = ['values', 'operators', 'properties', 'calls', 'control'].map((kind) => require(`ignition_${kind}`));

// By the engine's name of an instruction, without its size.
const steps = new Map();
for (const kind of kinds)
  for (const [names, step] of Object.entries(kind.steps)) for (const name of names.split(' ')) steps.set(name, step);

class Rendering extends Stack {
  unknown(insn) {
    const count = insn.pop + (/^npop/.test(insn.format) ? insn.index || 0 : 0);
    this.popMany(count).forEach((e) => this.toReg(e));
    this.settle();
    this.out.push({ from: this.at, engine: insn.op, size: 0 });
    for (let i = 0; i < insn.push; i++) {
      if (i < insn.push - 1) this.push({ t: 'reg', reg: this.temporary() });
      else this.pushAcc();
    }
  }
  // -- One instruction
  step(insn, next) {
    const op = insn.op.replace(/(?<=^(push_i|goto|if_false|if_true|fclosure|push_const|[gps]et_loc|put_loc|set_loc))(8|16|32)$/, '')
      .replace(/^((?:get|put|set)_(?:loc|arg|var_ref))\d$/, '$1').replace(/^call\d$/, 'call');
    const step = steps.get(op);
    return step ? step.call(this, insn, next, op) : this.unknown(insn);
  }
  // Several instructions that are one thing to V8: the offset behind them, or 0.
  idiom(insn, next, third) {
    if (insn.name === '<class_fields_init>') {
      // A constructor calls it when its class has fields; a class without them has none in V8.
      if (/^(set_loc_uninit|put_loc|close_loc)/.test(insn.op)) {
        if (/^put/.test(insn.op)) this.pop();
        return insn.end;
      }
      return next && third && /^if_false/.test(third.op) ? third.target : insn.end;
    }
    // i++ whose value nobody wants
    if (/^post_/.test(insn.op) && next && /^put_(loc|arg|var)/.test(next.op) && third && third.op === 'drop') {
      this.toAcc(this.pop());
      this.emit(insn.op === 'post_inc' ? 'Inc' : 'Dec', [this.slot(1)]);
      this.pushAcc();
      this.put(next, false);
      return third.end;
    }
    return 0;
  }

  prologue() {
    this.at = 0;
    this.reserved = new Set();
    if (this.context.length === 0) return;
    this.emit('CreateFunctionContext', [this.constant('ScopeInfo'), `[${this.context.length}]`]);
    this.emit('PushContext', [`r${this.locals.size}`]);
    this.locals.set(-1, '<context>');
    this.context.forEach((name, i) => {
      if (!name.startsWith('argument ')) return;
      this.emit('Ldar', [`a${name.slice(9)}`]);
      this.emit('StaCurrentContextSlot', [`[${i + 2}]`], this.fn.args[name.slice(9)].name);
    });
  }

  run() {
    this.prologue();
    const { code } = this.fn;
    let skip = 0; // up to this offset
    let depths = null;
    code.forEach((insn, i) => {
      if (insn.at < skip) return;
      this.reserved = new Set();
      if (this.targets.has(insn.at)) {
        const known = this.states.get(insn.at);
        if (!this.dead && this.stack.length > 0) this.canonical();
        if (!this.dead && known) this.reconcile(known);
        if (known) {
          this.stack = known.map((e) => ({ ...e }));
        } else if (this.dead) { // a jump further down leads here
          depths = depths || this.depths();
          const depth = depths.get(insn.at) || 0;
          this.stack = Array.from({ length: depth }, (_, at) => (at < depth - 1 ? { t: 'reg', reg: `r${this.locals.size + at}` } : { t: ACC }));
          this.temporaries = Math.max(this.temporaries, depth - 1);
        }
        this.dead = false;
        if (!this.states.has(insn.at)) this.states.set(insn.at, this.stack.map((e) => ({ ...e })));
      }
      if (this.dead) return;
      this.at = insn.at;
      this.reserved = new Set();
      skip = this.idiom(insn, code[i + 1], code[i + 2]);
      if (!skip) this.step(insn, code[i + 1]);
    });
    return this.finish();
  }
  // Offsets, now that all are there. A jump's operand is where it goes to.
  finish() {
    let offset = 0;
    const at = new Map();
    for (const row of this.out) {
      if (!at.has(row.from)) at.set(row.from, offset);
      row.offset = offset;
      offset += row.size;
    }
    // An instruction that left no trace stands for the one behind it.
    const starts = [...at.keys()].sort((a, b) => a - b);
    const find = (target) => {
      for (const start of starts) if (start >= target) return at.get(start);
      return offset;
    };
    const rows = this.out.map((row) => (row.engine
      ? { offset: row.offset, from: row.from, engine: row.engine }
      : {
        offset: row.offset,
        from: row.from,
        name: row.name,
        operands: row.operands.map((o) => (typeof o === 'object' ? `@${find(o.to)}` : o)),
        ...(row.comment ? { comment: row.comment } : {}),
      }));
    return {
      registers: this.locals.size + this.temporaries,
      parameters: this.fn.args.length + 1,
      bytes: offset,
      code: rows,
      handlers: this.handlers.map((h) => ({ from: find(h.from), handler: find(h.to) })),
    };
  }
}
for (const kind of kinds) Object.assign(Rendering.prototype, kind.methods);

exports.render = (fn, chain) => new Rendering(fn, chain).run();
