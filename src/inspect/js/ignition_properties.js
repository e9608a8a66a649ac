'use strict';
// Properties, literals, closures and classes. See ignition.js.
const { ACC } = require('ignition_stack');

exports.methods = {
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
  },
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
  },
};

// By the engine's names of the instructions, without their sizes.
exports.steps = {
  'get_field get_length get_field2'(insn, next, op) {
    const name = op === 'get_length' ? 'length' : insn.name;
    const object = this.pop();
    const reg = this.toReg(object);
    if (op === 'get_field2') this.push({ t: 'reg', reg });
    this.settle();
    this.emit('GetNamedProperty', [reg, this.constant(name), this.slot(2)], name);
    this.pushAcc();
  },
  'put_field'(insn) {
    const value = this.pop(), object = this.pop();
    const reg = this.operands(object, value);
    this.emit('SetNamedProperty', [reg, this.constant(insn.name), this.slot(2)], insn.name);
  },
  'define_field'(insn) {
    const value = this.pop(), object = this.pop();
    if (value.t === 'constant' && object.literal) return this.push(object); // in the boilerplate
    const reg = object.t === ACC && value.t !== ACC ? this.toReg(object) : this.operands(object, value);
    if (value.t !== ACC) this.toAcc(value);
    this.emit('DefineNamedOwnProperty', [reg, this.constant(insn.name), this.slot(2)], insn.name);
    this.push({ t: 'reg', reg, literal: object.literal });
  },
  'get_array_el get_array_el2'(insn, next, op) {
    const key = this.pop(), object = this.pop();
    const reg = this.operands(object, key);
    if (op === 'get_array_el2') this.push({ t: 'reg', reg });
    this.emit('GetKeyedProperty', [reg, this.slot(2)]);
    this.pushAcc();
  },
  'put_array_el'() {
    const value = this.pop(), key = this.pop(), object = this.pop();
    if (value.t === ACC && (key.t === 'constant' || object.t === 'constant')) this.toReg(value);
    const o = this.toReg(object), k = this.toReg(key);
    this.toAcc(value);
    this.emit('SetKeyedProperty', [o, k, this.slot(2)]);
  },
  'object'(insn) {
    this.settle();
    if (this.filled(insn)) this.emit('CreateObjectLiteral', [this.constant('ObjectBoilerplateDescription'), this.slot(1), '#0']);
    else this.emit('CreateEmptyObjectLiteral');
    this.pushAcc({ literal: true });
  },
  'array_from'(insn) {
    this.array(insn);
  },
  'regexp'() {
    this.popMany(2);
    this.settle();
    this.emit('CreateRegExpLiteral', [this.constant('pattern'), this.slot(1), '#0']);
    this.pushAcc();
  },
  'fclosure'(insn) {
    this.settle();
    this.emit('CreateClosure', [this.constant(`SharedFunctionInfo ${insn.function}`), `[${insn.function}]`, '#2'], this.fn.functions[insn.function].name);
    this.pushAcc();
  },
  'define_class'(insn) {
    const made = this.popMany(2);
    const list = this.range(made);
    this.settle();
    this.emit('CallRuntime', ['[DefineClass]', list], insn.name);
    this.pushAcc();
    const reg = this.toReg(this.pop());
    this.push({ t: 'reg', reg });
    this.push({ t: 'reg', reg: '<prototype>' });
  },
};
