'use strict';
// Constants, variables, and what V8 keeps in registers of its own. See ignition.js.
const { ACC, smi, inContext, contextOf } = require('ignition_stack');

// What only rearranges the stack: how many it takes, and what it leaves, by place from the bottom.
const shuffles = {
  nip: [2, [1]], nip1: [3, [1, 2]], dup: [1, [0, 0]], dup1: [2, [0, 0, 1]], dup2: [2, [0, 1, 0, 1]],
  dup3: [3, [0, 1, 2, 0, 1, 2]], insert2: [2, [1, 0, 1]], insert3: [3, [2, 0, 1, 2]],
  insert4: [4, [3, 0, 1, 2, 3]], perm3: [3, [1, 0, 2]], perm4: [4, [2, 0, 1, 3]],
  perm5: [5, [3, 0, 1, 2, 4]], swap: [2, [1, 0]], swap2: [4, [2, 3, 0, 1]], rot3l: [3, [1, 2, 0]],
  rot3r: [3, [2, 0, 1]], rot4l: [4, [1, 2, 3, 0]], rot5l: [5, [1, 2, 3, 4, 0]],
};

exports.methods = {
  // -- Variables
  variable(insn) {
    if (insn.variable === 'argument')
      return this.fn.args[insn.index].captured ? { context: `argument ${insn.index}` } : { reg: `a${insn.index}` };
    const v = this.fn.locals[insn.index];
    if (v.name === 'this') return { reg: '<this>' };
    return inContext(v) ? { context: `local ${insn.index}` } : { reg: this.locals.get(insn.index) };
  },
  // Depth and slot of a variable of an outer function.
  outer(index) {
    let depth = this.context.length > 0 ? 1 : 0;
    let variable = this.fn.closure[index];
    for (const fn of this.chain) {
      const context = contextOf(fn);
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
  },
  loadSlot(where, name, check) {
    const immutable = where.constant ? 'Immutable' : '';
    if (where.depth === 0) this.emit(`Lda${immutable}CurrentContextSlot`, [`[${where.slot}]`], name);
    else this.emit(`Lda${immutable}ContextSlot`, ['<context>', `[${where.slot}]`, `[${where.depth}]`], name);
    if (check) this.emit('ThrowReferenceErrorIfHole', [this.constant(name)], name);
  },
  storeSlot(where, name) {
    if (where.depth === 0) this.emit('StaCurrentContextSlot', [`[${where.slot}]`], name);
    else this.emit('StaContextSlot', ['<context>', `[${where.slot}]`, `[${where.depth}]`], name);
  },
  here(insn) {
    if (insn.variable === 'outer') return this.outer(insn.index);
    const v = this.variable(insn);
    return v.context ? { depth: 0, slot: this.context.indexOf(v.context) + 2, constant: false } : null;
  },
  get(insn, check) {
    const where = this.here(insn);
    if (where) {
      this.settle();
      this.loadSlot(where, insn.name, check);
      this.pushAcc();
      return;
    }
    this.push({ t: 'reg', reg: this.variable(insn).reg });
  },
  // A register is about to change: who still refers to it gets a copy.
  release(reg) {
    const holders = this.stack.filter((e) => e.reg === reg);
    if (holders.length === 0) return;
    const copy = this.temporary();
    this.emit('Mov', [reg, copy]);
    for (const e of holders) e.reg = copy;
  },
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
  },
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
  },
};

// By the engine's names of the instructions, without their sizes.
exports.steps = {
  [Object.keys(shuffles).join(' ')](insn, next, op) {
    const [count, order] = shuffles[op];
    const taken = this.popMany(count);
    order.forEach((i) => this.push({ ...taken[i] }));
  },
  'push_minus1 push_0 push_1 push_2 push_3 push_4 push_5 push_6 push_7 push_i'(insn, next, op) {
            return this.literal(op === 'push_minus1' ? -1 : insn.index);
  },
  'push_const'(insn) {
    this.literal(insn.value);
  },
  'push_atom_value'(insn) {
    this.literal(insn.name);
  },
  'push_empty_string'() {
    this.literal('');
  },
  'push_bigint_i'(insn) {
    this.literal(BigInt(insn.index));
  },
  'undefined'() {
    this.literal(undefined);
  },
  'null'() {
    this.literal(null);
  },
  'push_true'() {
    this.literal(true);
  },
  'push_false'() {
    this.literal(false);
  },
  'push_this'() {
    this.push({ t: 'reg', reg: '<this>' });
  },
  'drop'() {
    this.pop();
  },
  'get_loc get_arg get_var_ref'(insn) {
    this.get(insn, false);
  },
  'get_loc_check get_var_ref_check get_loc_checkthis'(insn) {
    this.get(insn, true);
  },
  'put_loc put_arg put_var_ref put_loc_check_init put_var_ref_check_init'(insn) {
            return this.put(insn, false);
  },
  'put_loc_check put_var_ref_check'(insn) {
    this.put(insn, false, true);
  },
  'set_loc set_arg set_var_ref'(insn) {
    this.put(insn, true);
  },
  'set_loc_uninitialized'(insn) {
    // V8 leaves out the hole, and its check, where the text alone shows that none is seen: as it
    // mostly does for variables in registers, these have none here.
    const where = this.here(insn);
    if (!where) return;
    this.settle();
    this.emit('LdaTheHole');
    this.storeSlot(where, insn.name);
  },
  'close_loc nop set_name check_ctor set_home_object'() {
  },
  'get_var get_var_undef'(insn, next, op) {
    this.settle();
    this.emit(op === 'get_var' ? 'LdaGlobal' : 'LdaGlobalInsideTypeof', [this.constant(insn.name), this.slot(2)], insn.name);
    this.pushAcc();
  },
  'put_var put_var_init'(insn) {
    this.toAcc(this.pop());
    this.emit('StaGlobal', [this.constant(insn.name), this.slot(2)], insn.name);
  },
  'special_object'(insn) {
    this.settle();
    if (insn.index <= 1) {
      this.emit(insn.index === 1 ? 'CreateMappedArguments' : 'CreateUnmappedArguments');
      return this.pushAcc();
    }
    this.push({ t: 'reg', reg: ['', '', '<closure>', '<new.target>', '<home object>', '<variables>', '<import.meta>'][insn.index] || '<special>' });
  },
  'rest'() {
    this.settle();
    this.emit('CreateRestParameter');
    this.pushAcc();
  },
};
