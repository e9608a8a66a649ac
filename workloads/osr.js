// One function, called once, with a loop that runs for long.
function simulate(steps) {
    let state = 1, hits = 0;
    for (let i = 0; i < steps; i++) {
        state = (state * 5 + i) & 0xfffff;
        if ((state & 7) === 3) hits++;
    }
    return hits / steps;
}

console.log(simulate(5000000));
