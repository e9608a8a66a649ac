// Trees that are built, walked and dropped, beside one that lives on: the classic test of a generational collector.
'use strict';

class Node {
    constructor(left, right) {
        this.left = left;
        this.right = right;
    }
}

function build(depth) {
    return depth === 0 ? new Node(null, null) : new Node(build(depth - 1), build(depth - 1));
}

function count(node) {
    return node.left === null ? 1 : 1 + count(node.left) + count(node.right);
}

const DEPTH = 14;
const longLived = build(DEPTH);
let nodes = 0;
for (let depth = 4; depth <= DEPTH; depth += 2) {
    const trees = 1 << (DEPTH - depth + 5);
    for (let i = 0; i < trees; i++) nodes += count(build(depth));
    console.log(depth, trees, nodes);
}
console.log(count(longLived));
