// A cache with a limit, in the order of use (a Map and a doubly linked list): entries live long enough to be
// promoted, then die in old space.
'use strict';

class Entry {
    constructor(key, rows, text) {
        this.key = key;
        this.rows = rows;
        this.text = text;
        this.newer = null;
        this.older = null;
    }
}

class Cache {
    constructor(limit) {
        this.limit = limit;
        this.entries = new Map();
        this.hits = 0;
        this.misses = 0;
        this.newest = null;
        this.oldest = null;
    }

    unlink(entry) {
        if (entry.newer === null) this.newest = entry.older;
        else entry.newer.older = entry.older;
        if (entry.older === null) this.oldest = entry.newer;
        else entry.older.newer = entry.newer;
    }

    link(entry) {
        entry.newer = null;
        entry.older = this.newest;
        if (this.newest === null) this.oldest = entry;
        else this.newest.newer = entry;
        this.newest = entry;
    }

    get(key) {
        const entry = this.entries.get(key);
        if (entry === undefined) {
            this.misses++;
            return undefined;
        }
        this.hits++;
        this.unlink(entry);
        this.link(entry);
        return entry;
    }

    put(entry) {
        this.entries.set(entry.key, entry);
        this.link(entry);
        if (this.entries.size <= this.limit) return;
        const last = this.oldest;
        this.unlink(last);
        this.entries.delete(last.key);
    }
}

function load(key) {
    return new Entry(key, [key, key + 1, key + 2], 'entry ' + key);
}

function serve(cache, requests) {
    let state = 1, sum = 0;
    for (let i = 0; i < requests; i++) {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        const key = (state >> 8) % 40000;
        let entry = cache.get(key);
        if (entry === undefined) {
            entry = load(key);
            cache.put(entry);
        }
        sum += entry.rows[1];
    }
    return sum;
}

const cache = new Cache(20000);
console.log(serve(cache, 300000), cache.hits, cache.misses);
