// Getters, setters, defineProperty, Proxy, Reflect, Symbol keys and instanceof.
'use strict';

class Temperature {
    constructor(celsius) { this.celsius = celsius; }
    get fahrenheit() { return this.celsius * 1.8 + 32; }
    set fahrenheit(value) { this.celsius = (value - 32) / 1.8; }
}

const KIND = Symbol('kind');

function tag(object, kind) {
    object[KIND] = kind;
    return object[KIND].length;
}

function warm(temperature, rounds) {
    for (let i = 0; i < rounds; i++) temperature.fahrenheit += 0.5;
    return temperature.celsius;
}

function guarded(target) {
    return new Proxy(target, {
        get(object, key) { return key in object ? Reflect.get(object, key) : 0; },
        set(object, key, value) { return Reflect.set(object, key, value | 0); },
    });
}

function fillProxy(proxy, rounds) {
    for (let i = 0; i < rounds; i++) proxy['k' + i % 8] = proxy['k' + i % 8] + 1.5;
    return proxy.k3;
}

function classify(value) {
    if (value instanceof Temperature) return 1;
    if (Array.isArray(value)) return 2;
    return typeof value === 'object' ? 3 : 4;
}

let sum = 0;
for (let round = 0; round < 200; round++) sum += warm(new Temperature(round), 1500);
for (let round = 0; round < 20; round++) sum += fillProxy(guarded({}), 4000);
const values = [new Temperature(1), [], {}, 'text'];
for (let i = 0; i < 1000000; i++) sum += classify(values[i & 3]);
for (let i = 0; i < 100000; i++) sum += tag(values[i & 1], 'hot');
console.log(sum.toFixed(3));
