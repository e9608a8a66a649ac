// The Mandelbrot set: a hot inner loop of doubles with a data-dependent exit.
'use strict';

function escapeTime(cr, ci, limit) {
    let zr = 0, zi = 0, n = 0;
    while (n < limit && zr * zr + zi * zi <= 4) {
        const next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        n++;
    }
    return n;
}

function render(width, height, limit) {
    let inside = 0, total = 0;
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const n = escapeTime(3 * x / width - 2, 2 * y / height - 1, limit);
            total += n;
            if (n === limit) inside++;
        }
    }
    return [inside, total];
}

console.log(render(500, 400, 200).join(' '));
