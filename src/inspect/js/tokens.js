'use strict';
// The scanner's tokens, by Acorn.
const text = require('text');

exports.title = 'Tokens';

const literals = new Set(['num', 'string', 'regexp', 'template', 'bigint']);

function kind(token) {
  const type = token.type;
  if (type.keyword) return 'keyword';
  if (literals.has(type.label)) return type.label === 'num' && typeof token.value === 'bigint' ? 'bigint' : type.label;
  if (type.label === 'name') return 'name';
  if (type.label === 'privateId') return 'private name';
  return 'punctuator';
}

// The lines of the functions of a name; null: all lines.
exports.ranges = function ranges(data) {
  if (!data.function) return null;
  const found = [];
  for (const [node, name] of text.nameFunctions(text.parse(data)))
    if (name === data.function) found.push([node.start, node.end]);
  return found;
};

exports.make = function make(data) {
  const { tokens, comments } = text.tokenize(data);
  const ranges = exports.ranges(data);
  const inside = (t) => !ranges || ranges.some(([from, to]) => t.start >= from && t.end <= to);
  const row = (t, type) => ({
    type,
    text: data.source.slice(t.start, t.end),
    line: t.loc.start.line,
    column: t.loc.start.column + 1,
    start: t.start,
    end: t.end,
  });
  const all = tokens.filter((t) => t.type.label !== 'eof').map((t) => row(t, kind(t)))
    .concat(comments.map((c) => row(c, 'comment')));
  return all.filter(inside).sort((a, b) => a.start - b.start);
};

exports.print = function print(page, tokens, data) {
  const colours = { keyword: 'magenta', name: 'cyan', num: 'green', string: 'green', template: 'green', comment: 'dim' };
  page.found = page.found || tokens.length > 0;
  page.note(`${data.file}: ${text.count(tokens.filter((t) => t.type !== 'comment').length, 'token')}, by Acorn; V8's scanner sees the same`);
  for (const t of tokens) {
    const shown = t.text.length > 60 ? t.text.slice(0, 57) + '...' : t.text;
    const place = `${t.line}:${t.column}`.padStart(8);
    page.line(`${place}  ${t.type.padEnd(13)}${page.style(colours[t.type] || 'bold', shown.replace(/\n/g, '\\n'))}`);
  }
};
