// Regular expressions: test, exec with groups, global match and replace with a function, sticky tokens.
'use strict';

const LINE = /^(\d+\.\d+\.\d+\.\d+) - \[([^\]]+)\] "(GET|POST) ([^ "]+)" (\d{3}) (\d+)$/;

function logLine(i) {
    return `10.0.${i % 256}.${i % 200} - [2024-01-${1 + i % 28}] "${i % 4 ? 'GET' : 'POST'} /item/${i}?q=${i * 7}" ` +
        `${i % 9 ? 200 : 404} ${i * 13 % 5000}`;
}

function analyse(lines) {
    let bytes = 0, failed = 0;
    for (const line of lines) {
        const match = LINE.exec(line);
        if (match === null) continue;
        bytes += Number(match[6]);
        if (match[5] === '404') failed++;
    }
    return [bytes, failed];
}

function tokenize(text) {
    const token = /\s*(?:(\d+)|([a-z]+)|([-+*/()]))/y;
    let numbers = 0, names = 0, match;
    token.lastIndex = 0;
    while ((match = token.exec(text)) !== null) {
        if (match[1] !== undefined) numbers++;
        else if (match[2] !== undefined) names++;
    }
    return numbers * 1000 + names;
}

function camel(name) {
    return name.replace(/-([a-z])/g, function upper(_, letter) { return letter.toUpperCase(); });
}

const lines = Array.from({length: 2000}, (_, i) => logLine(i));
let result;
for (let round = 0; round < 60; round++) result = analyse(lines);
console.log(result.join(' '));
const formula = 'alpha + 12 * (beta - 7) / gamma '.repeat(50);
let sum = 0;
for (let round = 0; round < 100; round++) sum += tokenize(formula);
for (let i = 0; i < 30000; i++) sum += camel('a-long-property-name').length;
console.log(sum, lines.join('\n').match(/item\/\d+7/g).length);
