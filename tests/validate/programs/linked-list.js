// A linked list that only grows: everything survives, the semi-spaces double, objects are promoted at the second
// scavenge, mark-compact follows the growing old space.
'use strict';

class Link {
    constructor(value, next) {
        this.value = value;
        this.next = next;
    }
}

function grow(list, count) {
    for (let i = 0; i < count; i++) list = new Link(i, list);
    return list;
}

function length(list) {
    let n = 0;
    for (; list !== null; list = list.next) n++;
    return n;
}

let list = null;
for (let round = 0; round < 20; round++) list = grow(list, 50000);
console.log(length(list));
