// The same two properties, in two orders.
const makeXY = (x, y) => ({ x, y });
const makeYX = (x, y) => ({ y, x });

function length2(point) {
    return point.x * point.x + point.y * point.y;
}

function total(points, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < points.length; i++) sum = (sum + length2(points[i])) & 0xffff;
    }
    return sum;
}

const same = [], mixed = [];
for (let i = 0; i < 1000; i++) {
    same.push(makeXY(i & 63, 1));
    mixed.push(i & 1 ? makeXY(i & 63, 1) : makeYX(i & 63, 1));
}

console.log('one order:', total(same, 500));
console.log('two orders:', total(mixed, 500));
