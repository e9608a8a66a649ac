'use strict';
// The stack of the engine's code, followed by name: what lies on it is the accumulator, a register, or a constant
// that is not loaded yet. See ignition.js.

const ACC = 'acc';
// Variables of the engine's own making (<class_fields_init>) are none of V8's.
const inContext = (v) => v.captured && v.name !== 'this' && !v.name.startsWith('<');
const smi = (n) => Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 31 && !Object.is(n, -0);
// Captured variables in the order of their slots, which begin at 2.
const contextOf = (fn) => {
  const found = [];
  fn.args.forEach((v, i) => v.captured && found.push(`argument ${i}`));
  fn.locals.forEach((v, i) => inContext(v) && found.push(`local ${i}`));
  return found;
};

class Stack {
  constructor(fn, chain) {
    this.fn = fn;
    this.chain = chain; // the functions around it, innermost first
    this.out = [];
    this.stack = [];
    this.slots = 0;
    this.pool = [];
    this.states = new Map(); // by offset: the stack of the jumps that lead there
    this.handlers = [];
    this.dead = false;
    this.assigned = new Map(); // registers of locals, in the order in which they are first named
    const targets = new Set();
    for (const insn of fn.code) if (insn.target !== undefined) targets.add(insn.target);
    this.targets = targets;
    this.temporaries = 0;
    this.locals = new Map();
    fn.locals.forEach((v, i) => { if (!inContext(v) && v.name !== 'this') this.locals.set(i, `r${this.locals.size}`); });
    this.context = contextOf(fn);
  }
  // -- Emitting
  emit(name, operands = [], comment = '') {
    const size = /^Star$/.test(name) ? 1 : 1 + operands.length;
    let shown = name;
    let list = operands;
    if (name === 'Star' && /^r([0-9]|1[0-5])$/.test(operands[0])) {
      shown = `Star${operands[0].slice(1)}`;
      list = [];
    } else if (name === 'Star') {
      this.out.push({ from: this.at, name: 'Star', operands, comment, size: 2 });
      return;
    }
    this.out.push({ from: this.at, name: shown, operands: list, comment, size });
  }
  slot(size = 1) {
    const at = this.slots;
    this.slots += size;
    return `[${at}]`;
  }
  constant(value) {
    let at = this.pool.indexOf(value);
    if (at < 0) at = this.pool.push(value) - 1;
    return `[${at}]`;
  }
  temporary() {
    const used = new Set(this.stack.map((e) => e.reg));
    for (let i = 0; ; i++) {
      const reg = `r${this.locals.size + i}`;
      if (!used.has(reg) && !this.reserved.has(reg)) {
        this.temporaries = Math.max(this.temporaries, i + 1);
        return reg;
      }
    }
  }
  // -- The stack
  // What is about to be overwritten in the accumulator, and constants below it, go to registers.
  settle(keep = 0) {
    const live = this.stack.slice(0, this.stack.length - keep);
    const accs = live.filter((e) => e.t === ACC);
    if (accs.length > 0) {
      const reg = this.temporary();
      this.emit('Star', [reg]);
      for (const e of this.stack) if (e.t === ACC) Object.assign(e, { t: 'reg', reg });
    }
    for (const e of live)
      if (e.t === 'constant') {
        const reg = this.temporary();
        this.load(e);
        this.emit('Star', [reg]);
        Object.assign(e, { t: 'reg', reg });
      }
  }
  load(e) {
    if (e.t === 'reg') this.emit('Ldar', [e.reg]);
    else if (e.t === 'constant') e.load();
  }
  push(e) { this.stack.push(e); }
  pushAcc(more) { this.stack.push({ t: ACC, ...more }); }
  // What an instruction takes keeps its register until the instruction is done.
  pop() {
    const e = this.stack.pop() || { t: 'reg', reg: 'r?' };
    if (e.t === 'reg') this.reserved.add(e.reg);
    return e;
  }
  popMany(n) {
    const found = [];
    for (let i = 0; i < n; i++) found.unshift(this.pop());
    return found;
  }
  // A popped entry into the accumulator. What else is there is saved first.
  toAcc(e) {
    if (e.t === ACC) {
      if (this.stack.some((x) => x.t === ACC)) { // a copy stays behind
        const reg = this.temporary();
        this.emit('Star', [reg]);
        for (const x of this.stack) if (x.t === ACC) Object.assign(x, { t: 'reg', reg });
      }
      return;
    }
    this.settle();
    this.load(e);
  }
  // The same for an instruction that leaves the accumulator as it is: copies may stay there.
  peekAcc(e) {
    if (e.t !== ACC) this.toAcc(e);
  }
  // A popped entry in a register.
  toReg(e) {
    if (e.t === 'reg') return e.reg;
    if (e.t === 'constant') {
      this.settle();
      this.load(e);
    }
    const reg = this.temporary();
    this.emit('Star', [reg]);
    for (const x of this.stack) if (x.t === ACC) Object.assign(x, { t: 'reg', reg });
    this.reserved.add(reg);
    e.t = 'reg';
    e.reg = reg;
    return reg;
  }
  // Popped entries, in registers that follow one another.
  range(entries) {
    if (entries.length === 0) return 'r0-r0';
    const regs = entries.map((e) => this.toReg(e));
    const number = (r) => (/^r\d+$/.test(r) ? Number(r.slice(1)) : NaN);
    if (regs.every((r, i) => i === 0 || number(r) === number(regs[i - 1]) + 1)) return `${regs[0]}-${regs[regs.length - 1]}`;
    const moved = regs.map((r) => {
      const to = this.temporary();
      this.reserved.add(to);
      this.emit('Mov', [r, to]);
      return to;
    });
    return `${moved[0]}-${moved[moved.length - 1]}`;
  }
  // Two popped operands: the left one in a register, the right one in the accumulator.
  operands(left, right) {
    if (left.t === ACC && right.t === ACC) {
      const reg = this.toReg(left);
      return reg; // the accumulator still holds the same value
    }
    if (right.t === ACC && left.t !== 'reg') this.toReg(right);
    const reg = this.toReg(left);
    this.toAcc(right);
    return reg;
  }
  // -- Where paths meet
  canonical() {
    const depth = this.stack.length;
    if (depth === 0) return;
    const top = this.stack[depth - 1];
    const below = this.stack.slice(0, depth - 1);
    if (top.t !== ACC || below.some((e) => e.t === ACC)) {
      this.stack.pop();
      if (top.t === ACC) {
        this.settle();
      } else {
        this.settle();
        this.load(top);
      }
      this.stack.push({ t: ACC, boolean: top.boolean });
    }
    below.forEach((e) => {
      if (e.t === 'constant') {
        const reg = this.temporary();
        this.emit('Star', [reg]);
        this.load(e);
        Object.assign(e, { t: 'reg', reg });
      }
    });
  }
  jumpTo(target) {
    if (this.stack.length > 0) this.canonical();
    const known = this.states.get(target);
    if (known) this.reconcile(known);
    else this.states.set(target, this.stack.map((e) => ({ ...e })));
  }
  // Registers as another path that leads to the same place has them.
  reconcile(known) {
    this.stack.forEach((e, i) => {
      const other = known[i];
      if (e.t === 'reg' && other && other.t === 'reg' && e.reg !== other.reg && !/^</.test(e.reg)) this.emit('Mov', [e.reg, other.reg]);
    });
  }
  // How deep the stack is before each instruction, by following all paths.
  depths() {
    const { code } = this.fn;
    const index = new Map(code.map((insn, i) => [insn.at, i]));
    const found = new Map(), work = [[0, 0]];
    while (work.length > 0) {
      let [i, depth] = work.pop();
      for (; i < code.length && !found.has(code[i].at); i++) {
        const insn = code[i];
        found.set(insn.at, depth);
        const taken = insn.pop + (/^npop/.test(insn.format) ? insn.index || 0 : 0);
        const after = depth - taken + insn.push;
        if (insn.target !== undefined) work.push([index.get(insn.target), insn.op === 'gosub' ? after + 1 : after]);
        depth = after;
        if (/^(goto|return|throw|ret|tail_call)/.test(insn.op)) break;
      }
    }
    return found;
  }
}

Object.assign(exports, { ACC, Stack, contextOf, inContext, smi });
