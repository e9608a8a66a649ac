'use strict';
// A parser of small expressions: many functions, each warm, none hot for long.

function isDigit(c) { return c >= 48 && c <= 57; }
function isSpace(c) { return c === 32 || c === 10; }

function skip(s) {
    while (s.at < s.text.length && isSpace(s.text.charCodeAt(s.at))) s.at++;
}

function number(s) {
    let value = 0;
    while (s.at < s.text.length && isDigit(s.text.charCodeAt(s.at)))
        value = value * 10 + s.text.charCodeAt(s.at++) - 48;
    skip(s);
    return { kind: 'number', value, left: null, right: null };
}

function primary(s) {
    if (s.text[s.at] !== '(') return number(s);
    s.at++;
    skip(s);
    const inner = sum(s);
    s.at++;
    skip(s);
    return inner;
}

function binary(s, first, second, next) {
    let left = next(s);
    while (s.text[s.at] === first || s.text[s.at] === second) {
        const kind = s.text[s.at++];
        skip(s);
        left = { kind, value: 0, left, right: next(s) };
    }
    return left;
}

function product(s) { return binary(s, '*', '/', primary); }
function sum(s) { return binary(s, '+', '-', product); }

function evaluate(node) {
    switch (node.kind) {
    case '+': return evaluate(node.left) + evaluate(node.right);
    case '-': return evaluate(node.left) - evaluate(node.right);
    case '*': return evaluate(node.left) * evaluate(node.right);
    case '/': return evaluate(node.left) / evaluate(node.right) | 0;
    default: return node.value;
    }
}

let total = 0;
for (let i = 0; i < 600; i++) {
    const s = { text: `${i} + 3 * (17 - ${i % 7}) - 240 / (4 + 2) * 5 - (${i} - 1)`, at: 0 };
    skip(s);
    total += evaluate(sum(s));
}
console.log(total);
