// Text is built by += of small pieces, by push and join, and by template strings; the results are used at once.
'use strict';

function escape(text) {
    let out = '';
    for (let i = 0; i < text.length; i++) {
        const c = text[i];
        out += c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : c;
    }
    return out;
}

function cell(value) {
    return `<td>${escape(value)}</td>`;
}

function table(rows) {
    const parts = ['<table>'];
    for (let i = 0; i < rows; i++) parts.push('<tr>', cell('row <' + i + '>'), cell('a & b'), '</tr>');
    parts.push('</table>');
    return parts.join('');
}

let length = 0;
for (let round = 0; round < 300; round++) length += table(400).length;
console.log(length);
