'use strict';
// Calls and iterators. See ignition.js.
const { ACC } = require('ignition_stack');

exports.methods = {
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
  },
};

// By the engine's names of the instructions, without their sizes.
exports.steps = {
  'call'(insn) {
    const args = this.popMany(insn.index), callee = this.pop();
    this.call('CallUndefinedReceiver', callee, null, args);
  },
  'call_method'(insn) {
    const args = this.popMany(insn.index), callee = this.pop(), receiver = this.pop();
    this.call('CallProperty', callee, receiver, args);
  },
  'tail_call tail_call_method'(insn, next, op) {
    const args = this.popMany(insn.index), callee = this.pop();
    this.call(op === 'tail_call' ? 'CallUndefinedReceiver' : 'CallProperty', callee, op === 'tail_call' ? null : this.pop(), args);
    this.pop();
    this.emit('Return');
    this.dead = true;
  },
  'call_constructor'(insn) {
    const args = this.popMany(insn.index), target = this.pop(), callee = this.pop();
    const last = [...args, callee].find((e) => e.t === ACC);
    if (last) this.toReg(last);
    const reg = this.toReg(callee);
    const list = this.range(args);
    this.settle();
    if (target.t === 'reg') this.load(target);
    this.emit('Construct', [reg, list, this.slot(2)]);
    this.pushAcc();
  },
  'for_of_start'(insn, next) {
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
    this.push({ t: 'reg', reg: '<handler>' });
  },
  'for_of_next'(insn) {
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
    this.pushAcc();
  },
  'iterator_close'(insn, next, op) {
    this.popMany(3);
    this.out.push({ from: this.at, engine: op, size: 0 });
  },
};
