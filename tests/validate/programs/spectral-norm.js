// The largest singular value of an infinite matrix by the power method: a tiny function that is inlined into
// loops over arrays of doubles.
'use strict';

function entry(i, j) {
    return 1 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

function multiply(vector, result) {
    for (let i = 0; i < vector.length; i++) {
        let sum = 0;
        for (let j = 0; j < vector.length; j++) sum += entry(i, j) * vector[j];
        result[i] = sum;
    }
}

function multiplyTransposed(vector, result) {
    for (let i = 0; i < vector.length; i++) {
        let sum = 0;
        for (let j = 0; j < vector.length; j++) sum += entry(j, i) * vector[j];
        result[i] = sum;
    }
}

function norm(n) {
    const u = new Array(n).fill(1), v = new Array(n).fill(0), w = new Array(n).fill(0);
    for (let round = 0; round < 10; round++) {
        multiply(u, w);
        multiplyTransposed(w, v);
        multiply(v, w);
        multiplyTransposed(w, u);
    }
    let uv = 0, vv = 0;
    for (let i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    return Math.sqrt(uv / vv);
}

console.log(norm(600).toFixed(9));
