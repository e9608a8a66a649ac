// Functions of about one length, of which TurboFan makes graphs of different sizes.
function straight(a, b) {
    let x = a ^ b;
    x = (x + (a & b)) | 0; x = (x ^ (a << 1)) | 0; x = (x + (b >>> 3)) | 0; x = (x ^ (a >> 2)) | 0;
    x = (x + (a | b)) | 0; x = (x ^ (b << 2)) | 0; x = (x + (a >>> 4)) | 0; x = (x ^ (b >> 1)) | 0;
    x = (x + (a & 255)) | 0; x = (x ^ (b & 127)) | 0; x = (x + (a << 3)) | 0; x = (x ^ (b >>> 5)) | 0;
    x = (x + (a & b)) | 0; x = (x ^ (a << 4)) | 0; x = (x + (b >>> 6)) | 0; x = (x ^ (a >> 5)) | 0;
    return x;
}
const points = [{x: 1, y: 2}, {x: 3, y: 4}, {x: 5, y: 6}];
function loops(a, b) {
    let found = 0, most = 0;
    for (let i = 0; i < points.length; i++) {
        const point = points[i];
        if (point.x > b) found = (found + point.y) | 0;
    }
    for (let i = 0; i < points.length; i++) {
        const point = points[i];
        if (point.y > most) most = point.y;
    }
    for (let i = 0; i < points.length; i++)
        for (let j = 0; j < i; j++)
            if (points[i].x === points[j].y + a) found++;
    return found + most;
}
const numbers = [1, 2, 3];
function builtins(a, b) {
    return numbers.map((n) => n + a).filter((n) => n > b).indexOf(3) + numbers.slice(1).includes(b) + numbers.some((n) => n === a);
}
function iterations(a, b) {
    let x = 0;
    for (const n of numbers) x = (x + n) | 0;
    for (const n of numbers) x = (x ^ n) | 0;
    for (const n of numbers) x = (x + a) | 0;
    for (const n of numbers) x = (x + b) | 0;
    return x;
}
const shapes = [{a: 1}, {b: 1, a: 2}, {c: 1, a: 3}];
function polymorphic(a, b) {
    const o = shapes[(a & 0xff) % 3];
    return o.a + b + o.a + a + o.a + o.a + o.a + o.a + o.a + o.a + o.a + o.a;
}
let sum = 0;
for (const kernel of [straight, loops, builtins, iterations, polymorphic])
    for (let i = 0; i < 60000; i++) sum = (sum + kernel(i & 1023, i & 7)) | 0;
console.log(sum);
