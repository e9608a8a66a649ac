// A balanced search tree (treap) with string and number keys: insertion, lookup, deletion, in-order walk; comparison
// sites that see first numbers, then strings.
'use strict';

let state = 42;

function random() {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 1;
}

class Node {
    constructor(key, value) {
        this.key = key;
        this.value = value;
        this.priority = random();
        this.left = null;
        this.right = null;
    }
}

function rotateRight(node) {
    const up = node.left;
    node.left = up.right;
    up.right = node;
    return up;
}

function rotateLeft(node) {
    const up = node.right;
    node.right = up.left;
    up.left = node;
    return up;
}

function insert(node, key, value) {
    if (node === null) return new Node(key, value);
    if (key < node.key) {
        node.left = insert(node.left, key, value);
        return node.left.priority < node.priority ? rotateRight(node) : node;
    }
    if (key > node.key) {
        node.right = insert(node.right, key, value);
        return node.right.priority < node.priority ? rotateLeft(node) : node;
    }
    node.value = value;
    return node;
}

function find(node, key) {
    while (node !== null && node.key !== key) node = key < node.key ? node.left : node.right;
    return node === null ? undefined : node.value;
}

function walk(node, visit) {
    if (node === null) return;
    walk(node.left, visit);
    visit(node.key, node.value);
    walk(node.right, visit);
}

function exercise(keyOf, count) {
    let root = null, found = 0, order = 0;
    for (let i = 0; i < count; i++) root = insert(root, keyOf((i * 7919) % 10007), i);
    for (let i = 0; i < 2 * count; i++) if (find(root, keyOf(i)) !== undefined) found++;
    walk(root, function visit(key, value) { order = (order * 31 + value) & 0xffffff; });
    return found + ' ' + order;
}

console.log(exercise((i) => i, 10007));
console.log(exercise((i) => i + 0.5, 10007));
console.log(exercise((i) => 'key' + i, 20000));
console.log(exercise((i) => i, 10007));
