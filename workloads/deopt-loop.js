// A field that is a number for most records, and something else for a few.
function price(item) {
    return item.count * item.price;
}

function total(items) {
    let sum = 0;
    for (let i = 0; i < items.length; i++) sum += price(items[i]) | 0;
    return sum;
}

function batch(value) {
    const items = [];
    for (let i = 0; i < 1000; i++) items.push({ count: i & 7, price: value });
    return items;
}

// Every kind of value is new to the code that was optimized for the ones before.
for (const [name, value] of [['integer', 3], ['double', 2.5], ['boolean', true], ['string', '4']]) {
    const items = batch(value);
    let sum = 0;
    for (let round = 0; round < 300; round++) sum += total(items);
    console.log(`${name}: ${sum}`);
}
