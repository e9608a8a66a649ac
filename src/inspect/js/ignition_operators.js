'use strict';
// Operators. See ignition.js.
const { smi } = require('ignition_stack');

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

exports.methods = {
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
  },
};

// By the engine's names of the instructions, without their sizes.
exports.steps = {
  [Object.keys(binary).join(' ')](insn, next, op) {
    this.binary(op);
  },
  [Object.keys({ ...tests, ...negated }).join(' ')](insn, next, op) {
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
    this.pushAcc({ boolean: true });
  },
  [Object.keys(unary).join(' ')](insn, next, op) {
    this.toAcc(this.pop());
    this.emit(unary[op], [this.slot(1)]);
    this.pushAcc();
  },
  'lnot'(insn, next, op) {
    const top = this.pop();
    this.toAcc(top);
    if (next && /^if_/.test(next.op)) return this.pushAcc({ boolean: top.boolean, inverted: !top.inverted, nullish: top.nullish });
    this.emit(top.boolean ? 'LogicalNot' : 'ToBooleanLogicalNot');
    this.pushAcc({ boolean: true });
  },
  'is_undefined_or_null is_undefined is_null'(insn, next, op) {
    const word = { is_undefined_or_null: 'UndefinedOrNull', is_undefined: 'Undefined', is_null: 'Null' }[op];
    this.toAcc(this.pop());
    if (next && /^if_/.test(next.op)) return this.pushAcc({ nullish: word });
    this.emit(op === 'is_undefined_or_null' ? 'TestUndetectable' : `Test${word}`);
    this.pushAcc({ boolean: true });
  },
  'typeof'() {
    this.toAcc(this.pop());
    this.emit('TypeOf');
    this.pushAcc();
  },
  'typeof_is_undefined typeof_is_function'(insn, next, op) {
    this.toAcc(this.pop());
    this.emit('TestTypeOf', [op === 'typeof_is_function' ? '#5' : '#4'], op.slice(10));
    this.pushAcc({ boolean: true });
  },
  'plus'() {
    this.toAcc(this.pop());
    this.emit('ToNumber', [this.slot(1)]);
    this.pushAcc();
  },
  'to_propkey to_object'(insn, next, op) {
    this.toAcc(this.pop());
    this.emit(op === 'to_object' ? 'ToObject' : 'ToName', [this.temporary()]);
    this.pushAcc();
  },
  'post_inc post_dec'(insn, next, op) {
    this.toAcc(this.pop());
    this.emit('ToNumeric', [this.slot(1)]);
    this.pushAcc();
    if (next && next.pop > 0) {
      this.settle();
      this.emit(op === 'post_inc' ? 'Inc' : 'Dec', [`[${this.slots - 1}]`]);
    }
    this.pushAcc();
  },
  'inc_loc dec_loc'(insn, next, op) {
    const { reg } = this.variable(insn);
    this.release(reg);
    this.settle();
    this.emit('Ldar', [reg]);
    this.emit(op === 'inc_loc' ? 'Inc' : 'Dec', [this.slot(1)]);
    this.emit('Star', [reg]);
  },
  'add_loc'(insn) {
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
    this.emit('Star', [reg]);
  },
};
