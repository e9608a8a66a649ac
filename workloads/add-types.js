function add(a, b) {
    return a + b;
}

// The calls of a step are four, so that add is hot before the loop around it is, which would inline it.
function numbers(steps) {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
        sum = add(add(sum, i), add(add(1, 2), -3));
        if (sum > 1000000) sum = add(add(add(sum, -1000000), 0), add(0, 0));
    }
    return sum;
}

function strings(count) {
    let text = '';
    for (let i = 0; i < count; i++) text = add(text, 'x');
    return text.length;
}

console.log('10,000 calls with numbers:', numbers(2500));
console.log('more of them:', numbers(5000));
console.log('strings:', strings(10000));
console.log('numbers again:', numbers(5000));
