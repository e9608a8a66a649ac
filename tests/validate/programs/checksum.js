// Checksums in JavaScript: CRC-32 by table, Adler-32, FNV and a SHA-256 of our own: int32 operations, shifts,
// rotations, typed arrays and constants.
'use strict';

const TABLE = new Int32Array(256);
for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    TABLE[n] = c;
}

function crc32(bytes) {
    let c = -1;
    for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
    return (c ^ -1) >>> 0;
}

function adler32(bytes) {
    let a = 1, b = 0;
    for (let i = 0; i < bytes.length; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return ((b << 16) | a) >>> 0;
}

function rotate(x, n) {
    return (x >>> n) | (x << (32 - n));
}

function mix(state, words, keys) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
        if (i >= 16) {
            const x = words[i - 15], y = words[i - 2];
            const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3), s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
            words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
        }
        const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + keys[i] + words[i]) | 0;
        const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0;
        d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return [state[0] + a, state[1] + b, state[2] + c, state[3] + d,
        state[4] + e, state[5] + f, state[6] + g, state[7] + h].map((x) => x | 0);
}

const keys = Int32Array.from({length: 64}, (_, i) => Math.imul(i + 1, 0x9e3779b1));
const bytes = Uint8Array.from({length: 100000}, (_, i) => (i * 31) & 255);
let sum = 0;
for (let round = 0; round < 30; round++) sum = (sum + crc32(bytes) + adler32(bytes)) % 1000000007;
let state = [1, 2, 3, 4, 5, 6, 7, 8];
const words = new Int32Array(64);
for (let block = 0; block < 6000; block++) {
    for (let i = 0; i < 16; i++) words[i] = block * 16 + i;
    state = mix(state, words, keys);
}
console.log(sum, state.join(' '));
