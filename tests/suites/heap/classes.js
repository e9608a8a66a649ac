// Instances of classes, with a subclass and properties that come later.
'use strict';
class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
class Named extends Point {
  constructor(x, y, name) {
    super(x, y);
    this.name = name;
  }
}
const ring = new Array(256).fill(null);
let sum = 0;
for (let i = 0; i < 600000; i++) {
  const point = i & 1 ? new Point(i, i + 1) : new Named(i, i + 1, 'n');
  ring[i & 255] = point;
  const other = ring[(i * 11) & 255];
  sum += other ? other.x & 15 : 0;
}
console.log(sum);
