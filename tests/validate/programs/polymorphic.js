// One access site that sees first one, then two, three and four hidden classes, with time to be optimized for each.
'use strict';

class Circle {
    constructor(r) { this.r = r; }
    area() { return 3 * this.r * this.r; }
}

class Square {
    constructor(side) { this.side = side; }
    area() { return this.side * this.side; }
}

class Rectangle {
    constructor(w, h) { this.w = w; this.h = h; }
    area() { return this.w * this.h; }
}

class Triangle {
    constructor(b, h) { this.b = b; this.h = h; }
    area() { return (this.b * this.h) >> 1; }
}

function areaOf(shape) {
    return shape.area();
}

function total(shapes, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < shapes.length; i++) sum = (sum + areaOf(shapes[i])) & 0xffffff;
    }
    return sum;
}

function make(kind, i) {
    switch (kind) {
    case 0: return new Circle(i);
    case 1: return new Square(i);
    case 2: return new Rectangle(i, 2);
    default: return new Triangle(i, 4);
    }
}

for (let kinds = 1; kinds <= 4; kinds++) {
    const shapes = [];
    for (let i = 0; i < 200; i++) shapes.push(make(i % kinds, i));
    console.log(kinds, total(shapes, 12000));
}
