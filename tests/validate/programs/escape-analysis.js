// Vectors that never leave the function that makes them: optimized code allocates none of them. One variant lets
// each vector escape into an array.
'use strict';

class Vector {
    constructor(x, y) {
        this.x = x;
        this.y = y;
    }

    plus(other) {
        return new Vector(this.x + other.x, this.y + other.y);
    }

    times(factor) {
        return new Vector(this.x * factor, this.y * factor);
    }

    dot(other) {
        return this.x * other.x + this.y * other.y;
    }
}

function orbit(steps) {
    let px = 1.5, py = 0.5;
    for (let i = 0; i < steps; i++) {
        const position = new Vector(px, py);
        const moved = position.plus(new Vector(0.25, -0.125).times(0.5));
        const length = moved.dot(moved);
        px = moved.x / length;
        py = moved.y / length;
    }
    return px + py;
}

function escaping(steps, kept) {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
        const vector = new Vector(i, 1.5);
        kept[i & 63] = vector;
        sum += vector.dot(vector);
    }
    return sum;
}

const kept = [];
let sum = 0;
for (let round = 0; round < 20; round++) sum += orbit(50000);
for (let round = 0; round < 20; round++) sum += escaping(50000, kept);
console.log(sum.toFixed(6));
