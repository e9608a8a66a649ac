'use strict';
// The engine's stack code as a listing for V8's register machine, in the style of Ignition
// (src/interpreter/bytecodes.h, bytecode-generator.cc): nsim's rendering, not V8's output.
//
// The stack is followed by name: what lies on it is the accumulator, a register, or a constant that
// is not loaded yet. So `a + b` becomes what V8 makes of it, Ldar a1; Add a0. Where paths meet, the
// top of the stack is in the accumulator and the rest in registers by depth.

const binary = {
  add: 'Add', sub: 'Sub', mul: 'Mul', div: 'Div', mod: 'Mod', pow: 'Exp', and: 'BitwiseAnd', or: 'BitwiseOr',
  xor: 'BitwiseXor', shl: 'ShiftLeft', sar: 'ShiftRight', shr: 'ShiftRightLogical',
};
const commutative = new Set(['mul', 'and', 'or', 'xor']);
const tests = {
  lt: 'TestLessThan', lte: 'TestLessThanOrEqual', gt: 'TestGreaterThan', gte: 'TestGreaterThanOrEqual',
  eq: 'TestEqual', strict_eq: 'TestEqualStrict', instanceof: 'TestInstanceOf', in: 'TestIn',
};
const negated = { neq: 'TestEqual', strict_neq: 'TestEqualStrict' };
const unary = { neg: 'Negate', not: 'BitwiseNot', inc: 'Inc', dec: 'Dec' };
// What only rearranges the stack: how many it takes, and what it leaves, by place from the bottom.
const shuffles = {
  nip: [2, [1]], nip1: [3, [1, 2]], dup: [1, [0, 0]], dup1: [2, [0, 0, 1]], dup2: [2, [0, 1, 0, 1]],
  dup3: [3, [0, 1, 2, 0, 1, 2]], insert2: [2, [1, 0, 1]], insert3: [3, [2, 0, 1, 2]],
  insert4: [4, [3, 0, 1, 2, 3]], perm3: [3, [1, 0, 2]], perm4: [4, [2, 0, 1, 3]],
  perm5: [5, [3, 0, 1, 2, 4]], swap: [2, [1, 0]], swap2: [4, [2, 3, 0, 1]], rot3l: [3, [1, 2, 0]],
  rot3r: [3, [2, 0, 1]], rot4l: [4, [1, 2, 3, 0]], rot5l: [5, [1, 2, 3, 4, 0]],
};
const ACC = 'acc';
// Variables of the engine's own making (<class_fields_init>) are none of V8's.
const inContext = (v) => v.captured && v.name !== 'this' && !v.name.startsWith('<');
const smi = (n) => Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 31 && !Object.is(n, -0);

class Rendering {
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
    this.context = Rendering.contextOf(fn);
  }

  // Captured variables in the order of their slots, which begin at 2.
  static contextOf(fn) {
    const found = [];
    fn.args.forEach((v, i) => v.captured && found.push(`argument ${i}`));
    fn.locals.forEach((v, i) => inContext(v) && found.push(`local ${i}`));
    return found;
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

  // -- Variables
  variable(insn) {
    if (insn.variable === 'argument')
      return this.fn.args[insn.index].captured ? { context: `argument ${insn.index}` } : { reg: `a${insn.index}` };
    const v = this.fn.locals[insn.index];
    if (v.name === 'this') return { reg: '<this>' };
    return inContext(v) ? { context: `local ${insn.index}` } : { reg: this.locals.get(insn.index) };
  }
  // Depth and slot of a variable of an outer function.
  outer(index) {
    let depth = this.context.length > 0 ? 1 : 0;
    let variable = this.fn.closure[index];
    for (const fn of this.chain) {
      const context = Rendering.contextOf(fn);
      if (variable.from === 'outer') {
        variable = fn.closure[variable.index];
        if (!variable) break;
        depth += context.length > 0 ? 1 : 0;
        continue;
      }
      const list = variable.from === 'argument' ? fn.args : fn.locals;
      const constant = /const|function name/.test(list[variable.index].kind);
      return { depth, slot: context.indexOf(`${variable.from} ${variable.index}`) + 2, constant };
    }
    return { depth, slot: '?', constant: false };
  }
  loadSlot(where, name, check) {
    const immutable = where.constant ? 'Immutable' : '';
    if (where.depth === 0) this.emit(`Lda${immutable}CurrentContextSlot`, [`[${where.slot}]`], name);
    else this.emit(`Lda${immutable}ContextSlot`, ['<context>', `[${where.slot}]`, `[${where.depth}]`], name);
    if (check) this.emit('ThrowReferenceErrorIfHole', [this.constant(name)], name);
  }
  storeSlot(where, name) {
    if (where.depth === 0) this.emit('StaCurrentContextSlot', [`[${where.slot}]`], name);
    else this.emit('StaContextSlot', ['<context>', `[${where.slot}]`, `[${where.depth}]`], name);
  }
  here(insn) {
    if (insn.variable === 'outer') return this.outer(insn.index);
    const v = this.variable(insn);
    return v.context ? { depth: 0, slot: this.context.indexOf(v.context) + 2, constant: false } : null;
  }
  get(insn, check) {
    const where = this.here(insn);
    if (where) {
      this.settle();
      this.loadSlot(where, insn.name, check);
      this.pushAcc();
      return;
    }
    this.push({ t: 'reg', reg: this.variable(insn).reg });
  }
  // A register is about to change: who still refers to it gets a copy.
  release(reg) {
    const holders = this.stack.filter((e) => e.reg === reg);
    if (holders.length === 0) return;
    const copy = this.temporary();
    this.emit('Mov', [reg, copy]);
    for (const e of holders) e.reg = copy;
  }
  put(insn, keep, check) {
    const top = this.pop();
    const where = this.here(insn);
    if (where && check) { // the variable must have been initialized
      const reg = this.toReg(top);
      this.loadSlot({ ...where, constant: false }, insn.name, true);
      this.emit('Ldar', [reg]);
      this.storeSlot(where, insn.name);
      if (keep) this.pushAcc();
      return;
    }
    if (where) {
      this.peekAcc(top);
      this.storeSlot(where, insn.name);
      if (keep) this.pushAcc();
      return;
    }
    const { reg } = this.variable(insn);
    if (reg === '<this>') {
      if (keep) this.push(top);
      return;
    }
    this.release(reg);
    if (top.t === 'reg') {
      if (top.reg !== reg) this.emit('Mov', [top.reg, reg]);
    } else {
      this.peekAcc(top);
      this.emit('Star', [reg]);
    }
    if (keep) this.push(top.t === 'reg' ? { t: 'reg', reg } : { t: ACC });
  }

  literal(value) {
    const load = () => {
      if (value === 0 && !Object.is(value, -0)) this.emit('LdaZero');
      else if (typeof value === 'number' && smi(value)) this.emit('LdaSmi', [`[${value}]`]);
      else if (value === undefined) this.emit('LdaUndefined');
      else if (value === null) this.emit('LdaNull');
      else if (value === true) this.emit('LdaTrue');
      else if (value === false) this.emit('LdaFalse');
      else this.emit('LdaConstant', [this.constant(String(value))], typeof value === 'string' ? JSON.stringify(value) : String(value));
    };
    this.push({ t: 'constant', value, load, boolean: typeof value === 'boolean' });
  }

  // -- Calls
  call(name, callee, receiver, args) {
    const few = args.length <= 2;
    const entries = [callee, ...(receiver ? [receiver] : []), ...args];
    // Everything is evaluated already: the last one may be in the accumulator.
    const last = entries.find((e) => e.t === ACC);
    if (last) this.toReg(last);
    const regs = [this.toReg(callee)];
    if (few) {
      if (receiver) regs.push(this.toReg(receiver));
      args.forEach((e) => regs.push(this.toReg(e)));
      this.settle();
      this.emit(`${name}${args.length}`, [...regs, this.slot(2)]);
    } else {
      regs.push(this.range(receiver ? [receiver, ...args] : args));
      this.settle();
      this.emit(name, [...regs, this.slot(2)]);
    }
    this.pushAcc();
  }
  popMany(n) {
    const found = [];
    for (let i = 0; i < n; i++) found.unshift(this.pop());
    return found;
  }

  conditional(insn, next, whenTrue, top) {
    let test = top.boolean ? '' : 'ToBoolean';
    if (top.nullish) test = ''; // JumpIfUndefinedOrNull and its like
    this.peekAcc(top);
    if (insn.target <= insn.at) { // a loop's end: V8 jumps over its JumpLoop
      this.emit(`JumpIf${test}${whenTrue ? 'False' : 'True'}`, [{ to: next }]);
      this.jumpLoop(insn);
      return;
    }
    const name = top.nullish ? `JumpIf${whenTrue === !top.inverted ? '' : 'Not'}${top.nullish}` : `JumpIf${test}${whenTrue ? 'True' : 'False'}`;
    this.jumpTo(insn.target);
    this.emit(name, [{ to: insn.target }]);
  }
  jumpLoop(insn) {
    let depth = 0;
    for (const other of this.fn.code)
      if (other !== insn && other.target !== undefined && /^(goto|if)/.test(other.op) && other.target < insn.target && other.at > insn.at && other.target <= other.at) depth++;
    this.emit('JumpLoop', [{ to: insn.target }, `[${depth}]`, this.slot(1)]);
  }

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
    if (shuffles[op]) {
      const [count, order] = shuffles[op];
      const taken = this.popMany(count);
      order.forEach((i) => this.push({ ...taken[i] }));
      return;
    }
    if (binary[op]) return this.binary(op);
    if (tests[op] || negated[op]) {
      const right = this.pop(), left = this.pop();
      if (/^strict_/.test(op) && right.t === 'constant' && right.value === null || /^strict_/.test(op) && right.t === 'constant' && right.value === undefined) {
        this.toAcc(left);
        this.emit(right.value === null ? 'TestNull' : 'TestUndefined');
      } else {
        const reg = this.operands(left, right);
        this.emit(tests[op] || negated[op], [reg, this.slot(1)]);
      }
      if (negated[op]) {
        if (/^if_/.test(next ? next.op : '')) return this.pushAcc({ boolean: true, inverted: true });
        this.emit('LogicalNot');
      }
      return this.pushAcc({ boolean: true });
    }
    if (unary[op]) {
      this.toAcc(this.pop());
      this.emit(unary[op], [this.slot(1)]);
      return this.pushAcc();
    }
    return this.more(op, insn, next);
  }
  binary(op) {
    let right = this.pop(), left = this.pop();
    if (commutative.has(op) && left.t === 'constant' && smi(left.value) && right.t !== 'constant') [left, right] = [right, left];
    if (right.t === 'constant' && typeof right.value === 'number' && smi(right.value)) {
      this.toAcc(left);
      this.emit(`${binary[op]}Smi`, [`[${right.value}]`, this.slot(1)]);
    } else {
      const reg = this.operands(left, right);
      this.emit(binary[op], [reg, this.slot(1)]);
    }
    this.pushAcc();
  }
  more(op, insn, next) {
    switch (op) {
      case 'push_minus1': case 'push_0': case 'push_1': case 'push_2': case 'push_3': case 'push_4': case 'push_5': case 'push_6': case 'push_7':
      case 'push_i':
        return this.literal(op === 'push_minus1' ? -1 : insn.index);
      case 'push_const': return this.literal(insn.value);
      case 'push_atom_value': return this.literal(insn.name);
      case 'push_empty_string': return this.literal('');
      case 'push_bigint_i': return this.literal(BigInt(insn.index));
      case 'undefined': return this.literal(undefined);
      case 'null': return this.literal(null);
      case 'push_true': return this.literal(true);
      case 'push_false': return this.literal(false);
      case 'push_this': return this.push({ t: 'reg', reg: '<this>' });
      case 'drop': this.pop(); return;
      case 'get_loc': case 'get_arg': case 'get_var_ref': return this.get(insn, false);
      case 'get_loc_check': case 'get_var_ref_check': case 'get_loc_checkthis': return this.get(insn, true);
      case 'put_loc': case 'put_arg': case 'put_var_ref': case 'put_loc_check_init': case 'put_var_ref_check_init':
        return this.put(insn, false);
      case 'put_loc_check': case 'put_var_ref_check': return this.put(insn, false, true);
      case 'set_loc': case 'set_arg': case 'set_var_ref': return this.put(insn, true);
      case 'set_loc_uninitialized': {
        // V8 leaves out the hole, and its check, where the text alone shows that none is seen: as it
        // mostly does for variables in registers, these have none here.
        const where = this.here(insn);
        if (!where) return;
        this.settle();
        this.emit('LdaTheHole');
        return this.storeSlot(where, insn.name);
      }
      case 'close_loc': case 'nop': case 'set_name': case 'check_ctor': case 'set_home_object': return;
      case 'get_var': case 'get_var_undef':
        this.settle();
        this.emit(op === 'get_var' ? 'LdaGlobal' : 'LdaGlobalInsideTypeof', [this.constant(insn.name), this.slot(2)], insn.name);
        return this.pushAcc();
      case 'put_var': case 'put_var_init':
        this.toAcc(this.pop());
        return this.emit('StaGlobal', [this.constant(insn.name), this.slot(2)], insn.name);
      case 'get_field': case 'get_length': case 'get_field2': {
        const name = op === 'get_length' ? 'length' : insn.name;
        const object = this.pop();
        const reg = this.toReg(object);
        if (op === 'get_field2') this.push({ t: 'reg', reg });
        this.settle();
        this.emit('GetNamedProperty', [reg, this.constant(name), this.slot(2)], name);
        return this.pushAcc();
      }
      case 'put_field': {
        const value = this.pop(), object = this.pop();
        const reg = this.operands(object, value);
        return this.emit('SetNamedProperty', [reg, this.constant(insn.name), this.slot(2)], insn.name);
      }
      case 'define_field': {
        const value = this.pop(), object = this.pop();
        if (value.t === 'constant' && object.literal) return this.push(object); // in the boilerplate
        const reg = object.t === ACC && value.t !== ACC ? this.toReg(object) : this.operands(object, value);
        if (value.t !== ACC) this.toAcc(value);
        this.emit('DefineNamedOwnProperty', [reg, this.constant(insn.name), this.slot(2)], insn.name);
        return this.push({ t: 'reg', reg, literal: object.literal });
      }
      case 'get_array_el': case 'get_array_el2': {
        const key = this.pop(), object = this.pop();
        const reg = this.operands(object, key);
        if (op === 'get_array_el2') this.push({ t: 'reg', reg });
        this.emit('GetKeyedProperty', [reg, this.slot(2)]);
        return this.pushAcc();
      }
      case 'put_array_el': {
        const value = this.pop(), key = this.pop(), object = this.pop();
        if (value.t === ACC && (key.t === 'constant' || object.t === 'constant')) this.toReg(value);
        const o = this.toReg(object), k = this.toReg(key);
        this.toAcc(value);
        return this.emit('SetKeyedProperty', [o, k, this.slot(2)]);
      }
      case 'object':
        this.settle();
        if (this.filled(insn)) this.emit('CreateObjectLiteral', [this.constant('ObjectBoilerplateDescription'), this.slot(1), '#0']);
        else this.emit('CreateEmptyObjectLiteral');
        return this.pushAcc({ literal: true });
      case 'array_from': return this.array(insn);
      case 'regexp':
        this.popMany(2);
        this.settle();
        this.emit('CreateRegExpLiteral', [this.constant('pattern'), this.slot(1), '#0']);
        return this.pushAcc();
      case 'fclosure':
        this.settle();
        this.emit('CreateClosure', [this.constant(`SharedFunctionInfo ${insn.function}`), `[${insn.function}]`, '#2'], this.fn.functions[insn.function].name);
        return this.pushAcc();
      case 'special_object':
        this.settle();
        if (insn.index <= 1) {
          this.emit(insn.index === 1 ? 'CreateMappedArguments' : 'CreateUnmappedArguments');
          return this.pushAcc();
        }
        return this.push({ t: 'reg', reg: ['', '', '<closure>', '<new.target>', '<home object>', '<variables>', '<import.meta>'][insn.index] || '<special>' });
      case 'rest':
        this.settle();
        this.emit('CreateRestParameter');
        return this.pushAcc();
      case 'call': {
        const args = this.popMany(insn.index), callee = this.pop();
        return this.call('CallUndefinedReceiver', callee, null, args);
      }
      case 'call_method': {
        const args = this.popMany(insn.index), callee = this.pop(), receiver = this.pop();
        return this.call('CallProperty', callee, receiver, args);
      }
      case 'tail_call': case 'tail_call_method': {
        const args = this.popMany(insn.index), callee = this.pop();
        this.call(op === 'tail_call' ? 'CallUndefinedReceiver' : 'CallProperty', callee, op === 'tail_call' ? null : this.pop(), args);
        this.pop();
        this.emit('Return');
        this.dead = true;
        return;
      }
      case 'call_constructor': {
        const args = this.popMany(insn.index), target = this.pop(), callee = this.pop();
        const last = [...args, callee].find((e) => e.t === ACC);
        if (last) this.toReg(last);
        const reg = this.toReg(callee);
        const list = this.range(args);
        this.settle();
        if (target.t === 'reg') this.load(target);
        this.emit('Construct', [reg, list, this.slot(2)]);
        return this.pushAcc();
      }
      case 'goto':
        if (insn.target <= insn.at) {
          this.jumpTo(insn.target);
          this.jumpLoop(insn);
        } else {
          this.jumpTo(insn.target);
          this.emit('Jump', [{ to: insn.target }]);
        }
        this.dead = true;
        return;
      case 'if_false': case 'if_true': {
        const top = this.pop();
        const whenTrue = (op === 'if_true') !== Boolean(top.inverted && !top.nullish);
        return this.conditional(insn, insn.end, whenTrue, top);
      }
      case 'lnot': {
        const top = this.pop();
        this.toAcc(top);
        if (next && /^if_/.test(next.op)) return this.pushAcc({ boolean: top.boolean, inverted: !top.inverted, nullish: top.nullish });
        this.emit(top.boolean ? 'LogicalNot' : 'ToBooleanLogicalNot');
        return this.pushAcc({ boolean: true });
      }
      case 'is_undefined_or_null': case 'is_undefined': case 'is_null': {
        const word = { is_undefined_or_null: 'UndefinedOrNull', is_undefined: 'Undefined', is_null: 'Null' }[op];
        this.toAcc(this.pop());
        if (next && /^if_/.test(next.op)) return this.pushAcc({ nullish: word });
        this.emit(op === 'is_undefined_or_null' ? 'TestUndetectable' : `Test${word}`);
        return this.pushAcc({ boolean: true });
      }
      case 'typeof':
        this.toAcc(this.pop());
        this.emit('TypeOf');
        return this.pushAcc();
      case 'typeof_is_undefined': case 'typeof_is_function':
        this.toAcc(this.pop());
        this.emit('TestTypeOf', [op === 'typeof_is_function' ? '#5' : '#4'], op.slice(10));
        return this.pushAcc({ boolean: true });
      case 'plus':
        this.toAcc(this.pop());
        this.emit('ToNumber', [this.slot(1)]);
        return this.pushAcc();
      case 'to_propkey': case 'to_object':
        this.toAcc(this.pop());
        this.emit(op === 'to_object' ? 'ToObject' : 'ToName', [this.temporary()]);
        return this.pushAcc();
      case 'post_inc': case 'post_dec': {
        this.toAcc(this.pop());
        this.emit('ToNumeric', [this.slot(1)]);
        this.pushAcc();
        if (next && next.pop > 0) {
          this.settle();
          this.emit(op === 'post_inc' ? 'Inc' : 'Dec', [`[${this.slots - 1}]`]);
        }
        return this.pushAcc();
      }
      case 'inc_loc': case 'dec_loc': {
        const { reg } = this.variable(insn);
        this.release(reg);
        this.settle();
        this.emit('Ldar', [reg]);
        this.emit(op === 'inc_loc' ? 'Inc' : 'Dec', [this.slot(1)]);
        return this.emit('Star', [reg]);
      }
      case 'add_loc': {
        const { reg } = this.variable(insn);
        const value = this.pop();
        if (value.t === 'constant' && smi(value.value)) {
          this.settle();
          this.emit('Ldar', [reg]);
          this.emit('AddSmi', [`[${value.value}]`, this.slot(1)]);
        } else {
          this.toAcc(value);
          this.emit('Add', [reg, this.slot(1)]);
        }
        this.release(reg);
        return this.emit('Star', [reg]);
      }
      case 'return':
        this.toAcc(this.pop());
        this.emit('Return');
        this.dead = true;
        return;
      case 'return_undef':
        this.emit('LdaUndefined');
        this.emit('Return');
        this.dead = true;
        return;
      case 'throw':
        this.toAcc(this.pop());
        this.emit('Throw');
        this.dead = true;
        return;
      case 'catch':
        this.handlers.push({ from: insn.end, to: insn.target });
        this.settle();
        this.states.set(insn.target, [...this.stack.map((e) => ({ ...e })), { t: ACC }]);
        return this.push({ t: 'reg', reg: '<handler>' });
      case 'nip_catch': {
        const top = this.pop();
        while (this.stack.length && this.pop().reg !== '<handler>');
        return this.push(top);
      }
      case 'for_of_start': {
        const reg = this.toReg(this.pop());
        this.settle();
        this.emit('GetIterator', [reg, this.slot(2), this.slot(2)]);
        const iterator = this.temporary();
        this.emit('Star', [iterator]);
        this.push({ t: 'reg', reg: iterator });
        this.emit('GetNamedProperty', [iterator, this.constant('next'), this.slot(2)], 'next');
        const method = this.temporary();
        this.emit('Star', [method]);
        this.push({ t: 'reg', reg: method });
        return this.push({ t: 'reg', reg: '<handler>' });
      }
      case 'for_of_next': {
        const depth = this.stack.length - 3 - insn.index;
        const iterator = this.stack[depth].reg, method = this.stack[depth + 1].reg;
        this.settle();
        this.emit('CallProperty0', [method, iterator, this.slot(2)]);
        const result = this.temporary();
        this.emit('Star', [result]);
        this.reserved.add(result);
        this.emit('GetNamedProperty', [result, this.constant('value'), this.slot(2)], 'value');
        const value = this.temporary();
        this.emit('Star', [value]);
        this.push({ t: 'reg', reg: value });
        this.emit('GetNamedProperty', [result, this.constant('done'), this.slot(2)], 'done');
        return this.pushAcc();
      }
      case 'define_class': {
        const made = this.popMany(2);
        const list = this.range(made);
        this.settle();
        this.emit('CallRuntime', ['[DefineClass]', list], insn.name);
        this.pushAcc();
        const reg = this.toReg(this.pop());
        this.push({ t: 'reg', reg });
        return this.push({ t: 'reg', reg: '<prototype>' });
      }
      case 'iterator_close':
        this.popMany(3);
        this.out.push({ from: this.at, engine: op, size: 0 });
        return;
      default:
        return this.unknown(insn);
    }
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
  // Whether properties of an object literal follow.
  filled(insn) {
    const code = this.fn.code;
    let depth = 1;
    for (let i = code.indexOf(insn) + 1; i < code.length && depth > 0; i++) {
      if (/^define_/.test(code[i].op) && depth === code[i].pop) return true;
      const taken = code[i].pop + (/^npop/.test(code[i].format) ? code[i].index || 0 : 0);
      if (depth - taken < 1) return false;
      depth += code[i].push - taken;
    }
    return false;
  }
  array(insn) {
    const elements = this.popMany(insn.index);
    elements.filter((e) => e.t === ACC).forEach((e) => this.toReg(e));
    this.settle();
    if (elements.length === 0) {
      this.emit('CreateEmptyArrayLiteral', [this.slot(1)]);
      return this.pushAcc();
    }
    this.emit('CreateArrayLiteral', [this.constant('ArrayBoilerplateDescription'), this.slot(1), '#0']);
    if (elements.every((e) => e.t === 'constant')) return this.pushAcc();
    const array = this.toReg({ t: ACC });
    const slot = this.slot(2);
    elements.forEach((e, i) => {
      if (e.t === 'constant') return;
      this.literal(i);
      const index = this.toReg(this.pop());
      this.toAcc(e);
      this.emit('StaInArrayLiteral', [array, index, slot]);
      this.reserved.delete(index);
    });
    return this.push({ t: 'reg', reg: array });
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

exports.render = (fn, chain) => new Rendering(fn, chain).run();
