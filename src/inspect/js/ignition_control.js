'use strict';
// Jumps, ends and handlers. See ignition.js.
const { ACC } = require('ignition_stack');

exports.methods = {
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
  },
  jumpLoop(insn) {
    let depth = 0;
    for (const other of this.fn.code)
      if (other !== insn && other.target !== undefined && /^(goto|if)/.test(other.op) && other.target < insn.target && other.at > insn.at && other.target <= other.at) depth++;
    this.emit('JumpLoop', [{ to: insn.target }, `[${depth}]`, this.slot(1)]);
  },
};

// By the engine's names of the instructions, without their sizes.
exports.steps = {
  'goto'(insn) {
    if (insn.target <= insn.at) {
      this.jumpTo(insn.target);
      this.jumpLoop(insn);
    } else {
      this.jumpTo(insn.target);
      this.emit('Jump', [{ to: insn.target }]);
    }
    this.dead = true;
  },
  'if_false if_true'(insn, next, op) {
    const top = this.pop();
    const whenTrue = (op === 'if_true') !== Boolean(top.inverted && !top.nullish);
    this.conditional(insn, insn.end, whenTrue, top);
  },
  'return'() {
    this.toAcc(this.pop());
    this.emit('Return');
    this.dead = true;
  },
  'return_undef'() {
    this.emit('LdaUndefined');
    this.emit('Return');
    this.dead = true;
  },
  'throw'() {
    this.toAcc(this.pop());
    this.emit('Throw');
    this.dead = true;
  },
  'catch'(insn) {
    this.handlers.push({ from: insn.end, to: insn.target });
    this.settle();
    this.states.set(insn.target, [...this.stack.map((e) => ({ ...e })), { t: ACC }]);
    this.push({ t: 'reg', reg: '<handler>' });
  },
  'nip_catch'() {
    const top = this.pop();
    while (this.stack.length && this.pop().reg !== '<handler>');
    this.push(top);
  },
};
