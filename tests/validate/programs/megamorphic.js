// Twenty hidden classes at one site: it is megamorphic, optimized code goes through the stub cache.
'use strict';

function makeObject(kind) {
    const object = {};
    object['key' + kind] = kind;
    object.value = kind + 1;
    return object;
}

function valueOf(object) {
    return object.value;
}

function setValue(object, value) {
    object.value = value;
}

function churn(objects, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < objects.length; i++) {
            const object = objects[i];
            sum = (sum + valueOf(object)) & 0xfffff;
            setValue(object, sum & 1023);
        }
    }
    return sum;
}

const objects = [];
for (let kind = 0; kind < 20; kind++) objects.push(makeObject(kind));
console.log(churn(objects, 300000));
