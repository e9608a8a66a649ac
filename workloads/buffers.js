// Files that pass through in large buffers; the last twenty stay.
const recent = [];
let sum = 0;
for (let i = 0; i < 500; i++) {
    const buffer = Buffer.alloc(1024 * 1024, i & 255);
    recent.push(buffer);
    if (recent.length > 20) sum += recent.shift()[1000];
}
const { heapUsed, external } = process.memoryUsage();
console.log(sum, `heap below 8 MB: ${heapUsed < 8e6}, external at least 20 MB: ${external >= 20 * 1024 * 1024}`);
