// One-way constraints in the manner of the DeltaBlue benchmark: variables, constraints of several classes with
// strengths, a plan that is extracted and executed; polymorphic calls, many short-lived arrays.
'use strict';

class Variable {
    constructor(name, value) {
        this.name = name;
        this.value = value;
        this.constraints = [];
        this.determinedBy = null;
        this.mark = 0;
    }
}

class Constraint {
    constructor(strength) {
        this.strength = strength;
        this.satisfied = false;
    }

    attach() {
        for (const variable of this.variables()) variable.constraints.push(this);
    }

    detach() {
        for (const variable of this.variables()) {
            const at = variable.constraints.indexOf(this);
            if (at >= 0) variable.constraints.splice(at, 1);
        }
    }
}

class Edit extends Constraint {
    constructor(variable, strength) {
        super(strength);
        this.variable = variable;
        this.attach();
    }

    variables() { return [this.variable]; }
    inputs() { return []; }
    output() { return this.variable; }
    execute() {}
}

class Equal extends Constraint {
    constructor(from, to, strength) {
        super(strength);
        this.from = from;
        this.to = to;
        this.attach();
    }

    variables() { return [this.from, this.to]; }
    inputs() { return [this.from]; }
    output() { return this.to; }
    execute() { this.to.value = this.from.value; }
}

class Scale extends Equal {
    constructor(from, factor, offset, to, strength) {
        super(from, to, strength);
        this.factor = factor;
        this.offset = offset;
    }

    inputs() { return [this.from, this.factor, this.offset]; }
    execute() { this.to.value = this.from.value * this.factor.value + this.offset.value; }
}

class Planner {
    constructor() {
        this.mark = 0;
    }

    plan(source) {
        const mark = ++this.mark;
        const todo = [source], plan = [];
        source.output().mark = mark;
        while (todo.length > 0) {
            const constraint = todo.pop();
            if (constraint.satisfied && constraint.output().determinedBy !== constraint) continue;
            plan.push(constraint);
            const output = constraint.output();
            output.mark = mark;
            output.determinedBy = constraint;
            constraint.satisfied = true;
            for (const next of output.constraints) {
                if (next !== constraint && next.inputs().includes(output) && next.output().mark !== mark) {
                    todo.push(next);
                }
            }
        }
        return plan;
    }

    execute(plan) {
        for (let i = 0; i < plan.length; i++) plan[i].execute();
    }
}

function change(planner, variable, value) {
    const edit = new Edit(variable, 2);
    const plan = planner.plan(edit);
    for (let i = 0; i < 10; i++) {
        variable.value = value + i;
        planner.execute(plan);
    }
    edit.detach();
    return plan.length;
}

function chain(length) {
    const planner = new Planner();
    const variables = [];
    for (let i = 0; i <= length; i++) variables.push(new Variable('v' + i, 0));
    for (let i = 0; i < length; i++) new Equal(variables[i], variables[i + 1], 1);
    change(planner, variables[0], 100);
    return variables[length].value;
}

function projection(count) {
    const planner = new Planner();
    const factor = new Variable('factor', 10), offset = new Variable('offset', 1000);
    const pairs = [];
    for (let i = 0; i < count; i++) {
        const from = new Variable('from' + i, i), to = new Variable('to' + i, i);
        pairs.push([from, to]);
        new Scale(from, factor, offset, to, i % 3);
    }
    let steps = 0;
    for (const [from] of pairs) steps += change(planner, from, 17);
    steps += change(planner, factor, 5) + change(planner, offset, 2000);
    return steps + pairs[count - 1][1].value;
}

let sum = 0;
for (let round = 0; round < 100; round++) sum += chain(400) + projection(150);
console.log(sum);
