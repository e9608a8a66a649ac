// Typed arrays: a checksum, a transform and a histogram over bytes and doubles.
function main() {
  const bytes = new Uint8Array(65536), values = new Float64Array(4096);
  let total = 0;
  for (let round = 0; round < 12; round++) {
    let a = 1, b = 0;
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = i * 7 + round;
      a = (a + bytes[i]) % 65521;
      b = (b + a) % 65521;
    }
    const histogram = new Uint32Array(256);
    for (let i = 0; i < bytes.length; i++) histogram[bytes[i]]++;
    for (let i = 0; i < values.length; i++) values[i] = values[(i * 17) & 4095] * 0.5 + i / 3;
    total += a + b + histogram[9] + (values[100] | 0);
    bytes.copyWithin(0, 1000, 3000);
  }
  return total;
}
