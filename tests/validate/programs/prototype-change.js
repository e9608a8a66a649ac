// A method is replaced on a prototype, and a constant field of an object is changed, after functions were
// optimized that rely on both: their code is marked as invalid, "code dependencies".
'use strict';

class Base {
    step() { return 1; }
}

class Derived extends Base {
    twice() { return this.step() + this.step(); }
}

const settings = {factor: 3};

function scaled(value) {
    return value * settings.factor;
}

function walk(object, rounds) {
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum += object.twice();
    return sum;
}

function scaleAll(rounds) {
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum = (sum + scaled(i & 255)) & 0xffffff;
    return sum;
}

const object = new Derived();
let sum = 0;
for (let i = 0; i < 6000; i++) sum += walk(object, 500);
Base.prototype.step = function replacedStep() { return 2; };
for (let i = 0; i < 6000; i++) sum += walk(object, 500);
Derived.prototype.step = function ownStep() { return 3; };
for (let i = 0; i < 6000; i++) sum += walk(object, 500);
console.log(sum);
for (let i = 0; i < 4000; i++) sum += scaleAll(500);
settings.factor = 5;
for (let i = 0; i < 4000; i++) sum += scaleAll(500);
console.log(sum);
