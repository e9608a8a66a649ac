// Matrix products: arrays of arrays of Smis, then of doubles through the same functions, then one flat Float64Array.
'use strict';

function make(n, value) {
    const rows = [];
    for (let i = 0; i < n; i++) {
        const row = [];
        for (let j = 0; j < n; j++) row.push(value(i, j));
        rows.push(row);
    }
    return rows;
}

function multiply(a, b) {
    const n = a.length, product = [];
    for (let i = 0; i < n; i++) {
        const row = [];
        for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += a[i][k] * b[k][j];
            row.push(sum);
        }
        product.push(row);
    }
    return product;
}

function multiplyFlat(a, b, c, n) {
    for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
    }
}

function trace(m) {
    let sum = 0;
    for (let i = 0; i < m.length; i++) sum += m[i][i];
    return sum;
}

function smi(i, j) {
    return (i * 3 + j) % 10;
}

function double(i, j) {
    return (i + j) % 10 + 0.5;
}

const n = 120;
let sum = 0;
for (let round = 0; round < 4; round++) sum += trace(multiply(make(n, smi), make(n, smi)));
console.log(sum);
for (let round = 0; round < 4; round++) sum += trace(multiply(make(n, double), make(n, double)));
console.log(sum.toFixed(1));
const a = Float64Array.from({length: n * n}, (_, i) => i % 7), c = new Float64Array(n * n);
for (let round = 0; round < 4; round++) multiplyFlat(a, a, c, n);
console.log(c[n + 1]);
