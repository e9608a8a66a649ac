// Exceptions: thrown and caught in one function, across calls, rethrown through finally; most rounds do not throw.
'use strict';

class ParseError extends Error {
    constructor(message, at) {
        super(message);
        this.at = at;
    }
}

function parseDigit(code) {
    if (code < 48 || code > 57) throw new ParseError('digit expected', code);
    return code - 48;
}

function parseNumber(text) {
    let value = 0;
    for (let i = 0; i < text.length; i++) value = value * 10 + parseDigit(text.charCodeAt(i));
    return value;
}

let finished = 0;

function tryParse(text) {
    try {
        return parseNumber(text);
    } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        return -error.at;
    } finally {
        finished++;
    }
}

function parseAll(texts, rounds) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < texts.length; i++) sum += tryParse(texts[i]);
    }
    return sum;
}

const good = ['1', '22', '333', '4444', '98765'];
const mixed = [...good, '12a4'];
console.log(parseAll(good, 120000));
console.log(parseAll(mixed, 6000));
console.log(parseAll(good, 120000), finished);
