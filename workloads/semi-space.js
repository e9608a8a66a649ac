// Requests whose objects live for a while: the last 5,000 are in work.
const IN_WORK = 5000;
const inWork = new Array(IN_WORK).fill(null);

function request(i) {
    return { id: i, headers: { host: 'example', length: i & 1023 }, rows: [i, i + 1, i + 2, i + 3], answer: null };
}

let sum = 0;
for (let i = 0; i < 1500000; i++) {
    const done = inWork[i % IN_WORK];
    if (done !== null) sum = (sum + done.rows[2]) & 0xffffff;
    inWork[i % IN_WORK] = request(i);
}
console.log(sum);
