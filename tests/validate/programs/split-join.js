// The builtins of String and Array that take whole texts: split, join, replace, trim, padStart, toUpperCase,
// repeat, includes.
'use strict';

function csvRow(i) {
    return [i, 'name ' + i, (i * 37) % 101, i % 2 ? 'yes' : 'no'].join(',');
}

function csv(rows) {
    const lines = [];
    for (let i = 0; i < rows; i++) lines.push(csvRow(i));
    return lines.join('\n');
}

function parse(text) {
    return text.split('\n').map(function fields(line) {
        const [id, name, score, flag] = line.split(',');
        return {id: Number(id), name: name.trim().toUpperCase(), score: parseInt(score, 10), flag: flag === 'yes'};
    });
}

function format(records) {
    let out = '';
    for (const record of records) {
        out += String(record.id).padStart(6, '0') + record.name.replace('NAME', 'N').padEnd(12) +
            '*'.repeat(record.score >> 4) + (record.flag ? ' +' : ' -');
    }
    return out;
}

const text = csv(3000);
let length = 0;
for (let round = 0; round < 50; round++) length += format(parse(text)).length;
console.log(length, text.length);
