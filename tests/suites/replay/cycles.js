// Garbage that only a collection finds: each entry of the ring is a cycle, with a table that hangs on it.
class Entry {
    constructor(number) {
        this.number = number;
        this.table = new Map();
        this.table.set(number, this);
    }
}

const ring = [];
let sum = 0;
for (let i = 0; i < 100000; i++) {
    const entry = new Entry(i);
    ring[i % 1000] = entry;
    sum += entry.table.get(i).number;
}
console.log(sum);
