const start = Date.now();
for (const ms of [2000, 1, 500, 100]) {
    setTimeout(() => {
        const late = Date.now() - start - ms;
        console.log(`timer of ${ms} ms: ${(late / 1000).toFixed(1)} s late`);
    }, ms);
}

while (Date.now() - start < 3000);
console.log('the loop is done');
