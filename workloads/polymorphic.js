// One access, obj.value, on objects of ever more hidden classes.
function make(kind, value) {
    const object = {};
    for (let i = 0; i < kind; i++) object['p' + kind + '_' + i] = i;
    object.value = value;
    return object;
}

function read(object) {
    return object.value;
}

function total(objects, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < objects.length; i++) sum = (sum + read(objects[i])) & 0xffff;
    }
    return sum;
}

for (const kinds of [1, 2, 4, 8]) {
    const objects = [];
    for (let i = 0; i < 400; i++) objects.push(make(i % kinds, i & 15));
    let sum = total(objects, 1000);
    for (let more = 0; more < 4; more++) total(objects, 1000); // until the code for these is there
    const start = process.hrtime.bigint();
    sum += total(objects, 1000);
    const spent = Number(process.hrtime.bigint() - start);
    console.log(`${kinds} hidden classes: sum ${sum}`);
    console.error(`${kinds} hidden classes: ${(spent / 400000).toFixed(1)} ns for each access`);
}
