function sum(n) {
    return n === 0 ? 0 : n + sum(n - 1);
}
console.log('1000 frames:', sum(1000));

let depth = 0;
function grow() {
    depth++;
    grow();
}
try {
    grow();
} catch (error) {
    console.log(`${error.name}: ${error.message}; ${depth > 1000 ? 'thousands of' : 'few'} frames`);
}
console.log('the stack is free again:', sum(1000));

let left = 100000;
process.nextTick(function next() {
    if (--left > 0) process.nextTick(next);
    else console.log('100000 ticks, one frame each');
});
