'use strict';
// The syntax tree, by Acorn (ESTree).
const text = require('text');

exports.title = 'Syntax tree';

const hidden = new Set(['type', 'start', 'end', 'loc', 'raw', 'sourceType']);

// As JSON, without what only Acorn needs.
function plain(node) {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node === 'bigint') return `${node}n`;
  if (!node || typeof node !== 'object') return node;
  if (node instanceof RegExp) return String(node);
  const out = {};
  for (const key of Object.keys(node)) {
    if (key === 'loc') {
      out.line = node.loc.start.line;
      out.column = node.loc.start.column + 1;
    } else {
      out[key] = plain(node[key]);
    }
  }
  return out;
}

exports.make = function make(data) {
  const tree = text.parse(data);
  if (!data.function) return plain(tree);
  const found = [];
  for (const [node, name] of text.nameFunctions(tree)) if (name === data.function) found.push(plain(node));
  return found;
};

function brief(value) {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return shown.length > 50 ? shown.slice(0, 47) + '...' : shown;
}

function isNode(value) {
  return value && typeof value === 'object' && typeof value.type === 'string';
}

function print(page, node, key, indent) {
  const facts = [];
  const below = [];
  for (const name of Object.keys(node)) {
    const value = node[name];
    if (hidden.has(name) || name === 'line' || name === 'column') continue;
    if (isNode(value)) below.push([name, value]);
    else if (Array.isArray(value)) value.forEach((item, i) => { if (isNode(item)) below.push([`${name}[${i}]`, item]); });
    else if (value !== null && value !== false && value !== undefined && typeof value !== 'object')
      facts.push(`${name}=${brief(value)}`);
  }
  const place = page.style('dim', `${node.line}:${node.column}`);
  const label = key ? page.style('dim', `${key}: `) : '';
  page.line(`${'  '.repeat(indent)}${label}${page.style('cyan', node.type)}${facts.length ? ' ' + facts.join(' ') : ''}  ${place}`);
  for (const [name, child] of below) print(page, child, name, indent + 1);
}

exports.print = function printTree(page, found, data) {
  page.note(`${data.file}, by Acorn: V8's own tree has other names, and is thrown away once there is bytecode`);
  for (const tree of Array.isArray(found) ? found : [found]) {
    page.found = true;
    print(page, tree, '', 0);
  }
};
