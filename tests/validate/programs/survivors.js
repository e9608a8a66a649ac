// Objects of middle age: a window of the last 30,000 lives, about 3 MB; most objects survive one or two
// scavenges and die after promotion.
'use strict';

const WINDOW = 30000;
const ring = new Array(WINDOW).fill(null);

function produce(i) {
    return {id: i, name: 'item', values: [i, i * 2, i * 3]};
}

function slide(count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
        const at = i % WINDOW, old = ring[at];
        if (old !== null) sum = (sum + old.values[1]) & 0xffffff;
        ring[at] = produce(i);
    }
    return sum;
}

console.log(slide(1500000));
