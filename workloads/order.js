const fs = require('fs');

setTimeout(() => console.log('5 timeout'));
setImmediate(() => console.log('6 immediate'));
fs.readFile(__filename, () => {
    console.log('7 file read');
    setTimeout(() => console.log('9 timeout inside'));
    setImmediate(() => console.log('8 immediate inside'));
});
Promise.resolve().then(() => console.log('3 promise'));
process.nextTick(() => console.log('2 nextTick'));
queueMicrotask(() => console.log('4 microtask'));

// A timeout of 0 is one of 1 ms. Without this wait it might not be due when the loop begins, and the
// first would be the immediate.
const start = Date.now();
while (Date.now() - start < 5);

console.log('1 script');
