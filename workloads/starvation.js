const ROUNDS = 100000;

function count(schedule, name, done) {
    let rounds = 0;
    setTimeout(() => {
        const waited = rounds === ROUNDS ? 'all' : 'only some';
        console.log(`${name}: the timer had to wait for ${waited} rounds`);
    }, 1);
    schedule(function again() {
        if (++rounds < ROUNDS) schedule(again);
        else if (done) done();
    });
}

count(process.nextTick, 'nextTick', () => {
    setImmediate(() => count(setImmediate, 'setImmediate'));
});
