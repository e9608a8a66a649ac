'use strict';
// What the views share: the page that text is put on, places, names, times, the syntax tree.
const acorn = require('acorn');

exports.inputError = (input) => ({ input });

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

exports.Page = class Page {
  constructor(data) {
    this.data = data;
    this.text = '';
    this.found = false; // something belongs to the function that was asked for
  }
  line(text = '') {
    this.text += text.replace(/ +$/, '') + '\n';
  }
  style(name, text) {
    return this.data.colour ? `\x1b[${styles[name]}m${text}\x1b[0m` : text;
  }
  // A view's title, when there are several, or what it says of itself.
  heading(text, several) {
    if (this.text) this.line();
    if (several) this.line(this.style('bold', text));
  }
  note(text) {
    this.line(this.style('dim', text));
  }
};

exports.time = function time(ns) {
  if (ns < 1e3) return `${ns} ns`;
  const [unit, size] = ns < 1e6 ? ['us', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9];
  const value = ns / size;
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
};

exports.count = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
exports.named = (name) => name || '(anonymous)';
exports.file = (script) => script.replace(/^\/app\//, '');
exports.place = (script, line) => `${exports.file(script)}:${line}`;

// One line of source text, from a place on; cut to a width.
exports.excerpt = function excerpt(source, line, column, width = 48) {
  const text = source === undefined ? undefined : source.split('\n')[line - 1];
  if (text === undefined) return '';
  const found = text.slice(Math.max(0, column - 1)).trim();
  return found.length > width ? found.slice(0, width - 3) + '...' : found;
};

// Whether a view that is narrowed to a function shows this one.
exports.wanted = function wanted(page, data, name) {
  if (!data.function) return true;
  if (data.function !== name) return false;
  if (page) page.found = true;
  return true;
};

// -- The syntax tree ------------------------------------------------------------------------------

const options = (data, more) => ({
  ecmaVersion: 'latest',
  sourceType: data.isModule ? 'module' : 'script',
  allowReturnOutsideFunction: !data.isModule, // Node wraps the text in a function
  allowHashBang: true,
  locations: true,
  ...more,
});

function failed(data, error) {
  if (!(error instanceof SyntaxError)) throw error;
  const message = error.message.replace(/ \(\d+:\d+\)$/, '');
  return exports.inputError(
    `${data.host}:${error.loc.line}:${error.loc.column + 1}: SyntaxError: ${message}`);
}

exports.parse = function parse(data) {
  try {
    return acorn.parse(data.source, options(data));
  } catch (error) {
    throw failed(data, error);
  }
};

exports.tokenize = function tokenize(data) {
  const tokens = [], comments = [];
  try {
    acorn.parse(data.source, options(data, { onToken: tokens, onComment: comments }));
  } catch (error) {
    throw failed(data, error);
  }
  return { tokens, comments };
};

exports.isFunction = (node) => /^(Function|ArrowFunction)/.test(node.type);

// The nodes below a node, with the keys that lead to them.
exports.children = function children(node) {
  const found = [];
  for (const key of Object.keys(node)) {
    if (key === 'loc') continue;
    const value = node[key];
    if (Array.isArray(value))
      value.forEach((item, i) => {
        if (item && typeof item.type === 'string') found.push([`${key}[${i}]`, item]);
      });
    else if (value && typeof value === 'object' && typeof value.type === 'string')
      found.push([key, value]);
  }
  return found;
};

// The name that the engine gives a function: its own, or that of what it is assigned to.
exports.nameFunctions = function nameFunctions(tree) {
  const names = new Map();
  const key = (node) => (node.computed ? '' : node.key.type === 'PrivateIdentifier' ? `#${node.key.name}`
    : node.key.name !== undefined ? node.key.name : String(node.key.value));
  const give = (node, name) => {
    if (node && (exports.isFunction(node) || node.type === 'ClassExpression') && !node.id) names.set(node, name);
  };
  const visit = (node) => {
    switch (node.type) {
      case 'VariableDeclarator':
        if (node.id.type === 'Identifier') give(node.init, node.id.name);
        break;
      case 'AssignmentExpression':
        if (node.left.type === 'Identifier') give(node.right, node.left.name);
        break;
      case 'AssignmentPattern':
        if (node.left.type === 'Identifier') give(node.right, node.left.name);
        break;
      case 'Property':
        give(node.value, (node.kind === 'init' ? '' : `${node.kind} `) + key(node));
        break;
      case 'MethodDefinition':
        if (node.kind !== 'constructor') give(node.value, (/et$/.test(node.kind) ? `${node.kind} ` : '') + key(node));
        break;
      case 'PropertyDefinition':
        if (node.value) give(node.value, key(node));
        break;
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const name = node.id ? node.id.name : names.get(node) || '';
        for (const member of node.body.body)
          if (member.kind === 'constructor' && !names.has(member.value)) names.set(member.value, name);
        break;
      }
      default:
        if (exports.isFunction(node) && node.id) names.set(node, node.id.name);
    }
    for (const [, child] of exports.children(node)) visit(child);
  };
  visit(tree);
  return names;
};
