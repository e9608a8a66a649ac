// Typed arrays: a histogram, a blur over bytes, float sums, a view through DataView, set and subarray.
'use strict';

function fillNoise(bytes) {
    let state = 12345;
    for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[i] = state >>> 24;
    }
}

function histogram(bytes, counts) {
    for (let i = 0; i < bytes.length; i++) counts[bytes[i]]++;
}

function blur(from, to) {
    for (let i = 1; i < from.length - 1; i++) to[i] = (from[i - 1] + 2 * from[i] + from[i + 1]) >> 2;
}

function energy(samples) {
    let sum = 0;
    for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
    return sum;
}

function readBack(view, count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
        view.setInt32(4 * i, i - 500, true);
        sum += view.getInt16(4 * i, false);
    }
    return sum;
}

const from = new Uint8Array(100000), to = new Uint8Array(100000), counts = new Uint32Array(256);
fillNoise(from);
for (let round = 0; round < 60; round++) {
    histogram(from, counts);
    blur(from, to);
    from.set(to.subarray(1000, 2000), 500);
}
const samples = Float64Array.from({length: 50000}, (_, i) => (i % 100) / 10);
let sum = 0;
for (let round = 0; round < 60; round++) sum += energy(samples);
const view = new DataView(new ArrayBuffer(4000));
for (let round = 0; round < 200; round++) sum += readBack(view, 1000);
console.log(counts[17], to[999], sum.toFixed(3));
