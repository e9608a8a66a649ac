// Integer and floating-point loops: primes by trial division, and a Mandelbrot iteration.
function primes(limit) {
  let count = 0;
  for (let n = 2; n < limit; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) { prime = false; break; }
    }
    if (prime) count++;
  }
  return count;
}
function mandelbrot(size, limit) {
  let inside = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cr = 2.5 * x / size - 2.1, ci = 2.5 * y / size - 1.2;
      let zr = 0.5, zi = 0.25, i = 0;
      while (i < limit && zr * zr + zi * zi < 4.5) {
        const t = zr * zr - zi * zi + cr;
        zi = 2.5 * zr * zi + ci;
        zr = t;
        i++;
      }
      if (i === limit) inside++;
    }
  }
  return inside;
}
function main() { return primes(60000) + mandelbrot(110, 120); }
