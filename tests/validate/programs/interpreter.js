// A small virtual machine: one large function with a switch in a loop, an operand stack, calls between programs.
'use strict';

const PUSH = 0, ADD = 1, SUB = 2, MUL = 3, LOAD = 4, STORE = 5, JUMP = 6, JUMP_ZERO = 7, LESS = 8, DUP = 9, HALT = 10;

function execute(code, locals) {
    const stack = [];
    let pc = 0, steps = 0;
    for (;;) {
        steps++;
        switch (code[pc++]) {
        case PUSH: stack.push(code[pc++]); break;
        case ADD: { const b = stack.pop(), a = stack.pop(); stack.push((a + b) | 0); break; }
        case SUB: { const b = stack.pop(), a = stack.pop(); stack.push((a - b) | 0); break; }
        case MUL: { const b = stack.pop(), a = stack.pop(); stack.push(Math.imul(a, b)); break; }
        case LOAD: stack.push(locals[code[pc++]]); break;
        case STORE: locals[code[pc++]] = stack.pop(); break;
        case JUMP: pc = code[pc]; break;
        case JUMP_ZERO: if (stack.pop() === 0) pc = code[pc]; else pc++; break;
        case LESS: { const b = stack.pop(), a = stack.pop(); stack.push(a < b ? 1 : 0); break; }
        case DUP: stack.push(stack[stack.length - 1]); break;
        case HALT: return steps;
        default: throw new Error('bad instruction');
        }
    }
}

// i = 0; sum = 0; while (i < n) { sum = sum * 3 + i; i = i + 1; }
const program = [
    PUSH, 0, STORE, 0, PUSH, 0, STORE, 1,
    LOAD, 0, LOAD, 2, LESS, JUMP_ZERO, 30,
    LOAD, 1, PUSH, 3, MUL, LOAD, 0, ADD, STORE, 1,
    LOAD, 0, JUMP, 31, HALT, HALT,
    PUSH, 1, ADD, STORE, 0, JUMP, 8,
];

let steps = 0;
const locals = [0, 0, 0];
for (let round = 0; round < 200; round++) {
    locals[2] = 2000 + round;
    steps += execute(program, locals);
}
console.log(steps, locals[1]);
