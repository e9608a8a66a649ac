// Work spread over the event loop: setImmediate, nextTick, queueMicrotask and timers of 0 ms, each with a small task.
'use strict';

const counts = {immediate: 0, tick: 0, microtask: 0, timeout: 0, sum: 0};

function work(n) {
    let x = n;
    for (let i = 0; i < 50; i++) x = (x * 17 + i) & 0xffff;
    counts.sum = (counts.sum + x) & 0xffffff;
}

function onImmediate(left) {
    counts.immediate++;
    work(left);
    process.nextTick(onTick, left);
    queueMicrotask(onMicrotask);
    if (left > 0) setImmediate(onImmediate, left - 1);
    else console.log(JSON.stringify(counts));
}

function onTick(n) {
    counts.tick++;
    work(n);
}

function onMicrotask() {
    counts.microtask++;
    work(counts.microtask);
}

setImmediate(onImmediate, 60000);
