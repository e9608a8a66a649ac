// The planets' motion: double fields of few objects, stored in place all the time.
'use strict';

class Body {
    constructor(x, y, z, vx, vy, vz, mass) {
        this.x = x;
        this.y = y;
        this.z = z;
        this.vx = vx;
        this.vy = vy;
        this.vz = vz;
        this.mass = mass;
    }
}

function makeBodies() {
    return [
        new Body(0.1, 0.2, 0.3, 0.01, 0.02, 0.03, 39.47),
        new Body(4.84, -1.16, -0.1, 0.606, 2.81, -0.02, 0.037),
        new Body(8.34, 4.12, -0.4, -1.01, 1.82, 0.008, 0.011),
        new Body(12.89, -15.11, -0.22, 1.08, 0.868, -0.01, 0.0017),
        new Body(15.37, -25.9, 0.179, 0.979, 0.594, -0.034, 0.002),
    ];
}

function advance(bodies, dt) {
    const count = bodies.length;
    for (let i = 0; i < count; i++) {
        const a = bodies[i];
        for (let j = i + 1; j < count; j++) {
            const b = bodies[j];
            const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
            const square = dx * dx + dy * dy + dz * dz;
            const pull = dt / (square * Math.sqrt(square));
            a.vx -= dx * b.mass * pull;
            a.vy -= dy * b.mass * pull;
            a.vz -= dz * b.mass * pull;
            b.vx += dx * a.mass * pull;
            b.vy += dy * a.mass * pull;
            b.vz += dz * a.mass * pull;
        }
    }
    for (let i = 0; i < count; i++) {
        const body = bodies[i];
        body.x += dt * body.vx;
        body.y += dt * body.vy;
        body.z += dt * body.vz;
    }
}

function energy(bodies) {
    let sum = 0;
    for (let i = 0; i < bodies.length; i++) {
        const a = bodies[i];
        sum += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
        for (let j = i + 1; j < bodies.length; j++) {
            const b = bodies[j];
            sum -= a.mass * b.mass / Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
        }
    }
    return sum;
}

const bodies = makeBodies();
console.log(energy(bodies).toFixed(6));
for (let step = 0; step < 400000; step++) advance(bodies, 0.001);
console.log(energy(bodies).toFixed(6));
