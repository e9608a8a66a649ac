// Strings: concatenation makes cons strings that are flattened at the first charCodeAt; substring and slice make
// sliced strings; comparison and search.
'use strict';

function build(words, count) {
    let text = '';
    for (let i = 0; i < count; i++) text += words[i % words.length] + ' ';
    return text;
}

function hash(text) {
    let h = 0;
    for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) | 0;
    return h;
}

function tokens(text) {
    const found = [];
    let start = 0;
    for (let i = 0; i < text.length; i++) {
        if (text[i] !== ' ') continue;
        if (i > start) found.push(text.substring(start, i));
        start = i + 1;
    }
    return found;
}

function isPalindrome(text) {
    for (let i = 0, j = text.length - 1; i < j; i++, j--) if (text[i] !== text[j]) return false;
    return true;
}

const words = ['level', 'simulation', 'racecar', 'a', 'kayak', 'scheduler', 'noon', 'an unusually long word'];
let sum = 0, palindromes = 0;
for (let round = 0; round < 100; round++) {
    const text = build(words, 2000);
    sum = (sum + hash(text)) | 0;
    for (const token of tokens(text)) {
        if (isPalindrome(token)) palindromes++;
        if (token < 'm') sum = (sum + token.indexOf('u')) | 0;
    }
}
console.log(sum, palindromes);
