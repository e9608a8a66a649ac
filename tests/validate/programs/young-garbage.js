// Objects that die young and nothing else: every scavenge finds next to nothing, the semi-space does not grow.
'use strict';

let last = null;

function allocate(count) {
    for (let i = 0; i < count; i++) last = {id: i, pair: [i, i + 1], next: null};
}

for (let round = 0; round < 80; round++) allocate(50000);
console.log(last.id);
