'use strict';
// Scopes and where their variables live, by V8's rules (src/ast/scopes.cc: Scope::MustAllocate,
// MustAllocateInContext, AllocateHeapSlot, AllocateStackSlot), over Acorn's tree.
//
// A variable is in a context when a function within captures it, when sloppy eval or `with` within
// could name it, or when its scope keeps all of its variables there (a script's let and const, a
// module). Else it is in a register, and one that nobody names is nowhere.
const text = require('text');

exports.title = 'Scopes';

const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];

class Scope {
  constructor(kind, node, outer, name = '') {
    Object.assign(this, { kind, node, outer, name, inner: [], variables: new Map(), references: [] });
    this.callsEval = false; // a direct, sloppy eval stands in it
    this.strict = outer ? outer.strict : false;
    if (outer) outer.inner.push(this);
  }
  get isFunction() { return this.kind === 'function' || this.kind === 'arrow function' || this.kind === 'initializer'; }
  get closure() { return this.isFunction || this.kind === 'module' || this.kind === 'script' ? this : this.outer.closure; }
  declare(name, kind, node) {
    const found = this.variables.get(name);
    if (found) {
      if (kind === 'function') found.kind = found.kind === 'parameter' ? 'parameter' : 'function';
      return found;
    }
    const variable = { name, kind, line: node.loc.start.line, column: node.loc.start.column + 1, used: false, assigned: false, captured: null, forced: null };
    this.variables.set(name, variable);
    return variable;
  }
}

// The names in a pattern.
function targets(pattern, found = []) {
  if (!pattern) return found;
  switch (pattern.type) {
    case 'Identifier': found.push(pattern); break;
    case 'ObjectPattern': pattern.properties.forEach((p) => targets(p.type === 'RestElement' ? p.argument : p.value, found)); break;
    case 'ArrayPattern': pattern.elements.forEach((p) => targets(p, found)); break;
    case 'AssignmentPattern': targets(pattern.left, found); break;
    case 'RestElement': targets(pattern.argument, found); break;
    default: break;
  }
  return found;
}

function isStrict(body) {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false;
    if (statement.directive === 'use strict') return true;
  }
  return false;
}

class Analysis {
  constructor(names) { this.names = names; }

  refer(scope, name, node, assigned = false) {
    scope.references.push({ name, node, assigned });
  }

  // Declarations are found first: var goes up to the closure's scope, the others stay.
  hoistVar(scope, pattern, kind = 'var') {
    for (const id of targets(pattern)) scope.closure.body.declare(id.name, kind, id);
  }
  hoistVars(scope, node) {
    if (text.isFunction(node) || /^Class/.test(node.type) || node.type === 'StaticBlock') return;
    if (node.type === 'VariableDeclaration' && node.kind === 'var')
      node.declarations.forEach((d) => this.hoistVar(scope, d.id));
    for (const [, child] of text.children(node)) this.hoistVars(scope, child);
  }
  // let, const, class and function declarations of a block or body.
  declareBlock(scope, statements, atTop) {
    for (let node of statements) {
      if (/^Export(Named|Default)Declaration$/.test(node.type) && node.declaration) node = node.declaration;
      if (node.type === 'VariableDeclaration' && node.kind !== 'var')
        node.declarations.forEach((d) => targets(d.id).forEach((id) => scope.declare(id.name, node.kind, id)));
      else if (node.type === 'ClassDeclaration' && node.id) scope.declare(node.id.name, 'class', node.id);
      else if (node.type === 'FunctionDeclaration' && node.id) {
        scope.declare(node.id.name, 'function', node.id);
        // Sloppy mode: a function in a block is a var of its function, too (Annex B.3.3).
        if (!atTop && !scope.strict && !scope.closure.body.variables.has(node.id.name))
          scope.closure.body.declare(node.id.name, 'var', node.id);
      }
    }
  }

  function(node, outer) {
    const name = this.names.get(node) || '';
    const arrow = node.type === 'ArrowFunctionExpression';
    let around = outer;
    // The name of a function expression has a scope of its own.
    if (node.type === 'FunctionExpression' && node.id) {
      const variable = { name: node.id.name, kind: 'function name', line: node.id.loc.start.line, column: node.id.loc.start.column + 1, used: false, assigned: false, captured: null, forced: null };
      around = outer;
      this.pendingName = variable;
    }
    const scope = new Scope(arrow ? 'arrow function' : 'function', node, around, name);
    scope.body = scope;
    if (this.pendingName) {
      scope.functionName = this.pendingName;
      this.pendingName = null;
    }
    const block = node.body.type === 'BlockStatement';
    if (block && isStrict(node.body.body)) scope.strict = true;
    scope.simple = node.params.every((p) => p.type === 'Identifier');
    for (const param of node.params) for (const id of targets(param)) scope.declare(id.name, 'parameter', id);
    if (!arrow && !scope.variables.has('arguments')) scope.hasArguments = true;
    scope.hasReceiver = !arrow;
    for (const param of node.params) this.pattern(scope, param);
    if (!block) {
      this.visit(scope, node.body);
      return;
    }
    this.hoistVars(scope, node.body);
    this.declareBlock(scope, node.body.body, true);
    for (const statement of node.body.body) this.visit(scope, statement);
  }

  // A pattern that is assigned to or declared: its names are assigned, its expressions visited.
  pattern(scope, node, assigned = false) {
    if (!node) return;
    switch (node.type) {
      case 'Identifier': if (assigned) this.refer(scope, node.name, node, true); break;
      case 'ObjectPattern':
        for (const p of node.properties) {
          if (p.type === 'RestElement') { this.pattern(scope, p.argument, assigned); continue; }
          if (p.computed) this.visit(scope, p.key);
          this.pattern(scope, p.value, assigned);
        }
        break;
      case 'ArrayPattern': node.elements.forEach((p) => this.pattern(scope, p, assigned)); break;
      case 'AssignmentPattern': this.pattern(scope, node.left, assigned); this.visit(scope, node.right); break;
      case 'RestElement': this.pattern(scope, node.argument, assigned); break;
      default: this.visit(scope, node);
    }
  }

  block(kind, node, outer, statements) {
    const scope = new Scope(kind, node, outer);
    this.declareBlock(scope, statements, false);
    for (const statement of statements) this.visit(scope, statement);
    return scope;
  }

  loop(scope, node) {
    const head = node.type === 'ForStatement' ? node.init : node.left;
    const lexical = head && head.type === 'VariableDeclaration' && head.kind !== 'var';
    const inner = lexical ? new Scope('block', node, scope) : scope;
    if (lexical) head.declarations.forEach((d) => targets(d.id).forEach((id) => inner.declare(id.name, head.kind, id)));
    if (node.type === 'ForStatement') {
      for (const part of [node.init, node.test, node.update, node.body]) if (part) this.visit(inner, part);
    } else {
      if (head.type === 'VariableDeclaration') head.declarations.forEach((d) => this.pattern(inner, d.id, true));
      else this.pattern(scope, head, true);
      this.visit(scope, node.right);
      this.visit(inner, node.body);
    }
  }

  class(scope, node) {
    const inner = new Scope('class', node, scope, node.id ? node.id.name : this.names.get(node) || '');
    inner.strict = true;
    if (node.id) inner.declare(node.id.name, 'class name', node.id);
    for (const member of node.body.body)
      if (member.key && member.key.type === 'PrivateIdentifier') inner.declare(`#${member.key.name}`, 'private name', member.key);
    if (node.superClass) this.visit(inner, node.superClass);
    const instance = [], fixed = [];
    for (const member of node.body.body) {
      if (member.computed) this.visit(inner, member.key);
      if (member.type === 'MethodDefinition') this.visit(inner, member.value);
      else if (member.type === 'StaticBlock' || member.static) fixed.push(member);
      else instance.push(member);
    }
    // Fields are set by a function that the engine makes (V8: <instance_members_initializer>).
    for (const [members, name] of [[instance, 'instance_members_initializer'], [fixed, 'static_initializer']]) {
      if (members.length === 0) continue;
      const made = new Scope('initializer', node, inner, `<${name}>`);
      made.hasReceiver = true;
      made.body = made;
      for (const member of members) {
        if (member.type === 'StaticBlock') this.block('block', member, made, member.body);
        else {
          if (member.key.type === 'PrivateIdentifier') this.refer(made, `#${member.key.name}`, member.key);
          if (member.value) this.visit(made, member.value);
        }
      }
    }
  }

  visit(scope, node) {
    if (!node) return;
    if (text.isFunction(node)) return this.function(node, scope);
    switch (node.type) {
      case 'Identifier': return this.refer(scope, node.name, node);
      case 'ThisExpression': case 'Super': return this.refer(scope, 'this', node);
      case 'PrivateIdentifier': return this.refer(scope, `#${node.name}`, node);
      case 'ClassDeclaration':
        if (node.id) this.refer(scope, node.id.name, node, true); // falls through
      case 'ClassExpression': return this.class(scope, node);
      case 'BlockStatement': this.block('block', node, scope, node.body); return;
      case 'SwitchStatement': {
        this.visit(scope, node.discriminant);
        const inner = new Scope('block', node, scope);
        this.declareBlock(inner, node.cases.flatMap((c) => c.consequent), false);
        for (const c of node.cases) { this.visit(inner, c.test); c.consequent.forEach((s) => this.visit(inner, s)); }
        return;
      }
      case 'ForStatement': case 'ForInStatement': case 'ForOfStatement': return this.loop(scope, node);
      case 'CatchClause': {
        const inner = node.param ? new Scope('catch', node, scope) : scope;
        targets(node.param).forEach((id) => inner.declare(id.name, 'catch', id).used = true);
        if (node.param) this.pattern(inner, node.param);
        this.visit(inner, node.body);
        return;
      }
      case 'WithStatement': {
        this.visit(scope, node.object);
        this.visit(new Scope('with', node, scope), node.body);
        return;
      }
      case 'VariableDeclaration':
        for (const d of node.declarations) {
          if (d.init || node.kind === 'let') this.pattern(scope, d.id, true);
          else this.pattern(scope, d.id);
          this.visit(scope, d.init);
        }
        return;
      case 'AssignmentExpression':
        if (node.left.type === 'Identifier') this.refer(scope, node.left.name, node.left, true);
        else this.pattern(scope, node.left, true);
        return this.visit(scope, node.right);
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') return this.refer(scope, node.argument.name, node.argument, true);
        return this.visit(scope, node.argument);
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') scope.callsEval = true;
        break;
      case 'MemberExpression':
        this.visit(scope, node.object);
        if (node.computed || node.property.type === 'PrivateIdentifier') this.visit(scope, node.property);
        return;
      case 'Property':
        if (node.computed) this.visit(scope, node.key);
        return this.visit(scope, node.value);
      case 'ImportDeclaration':
      case 'ExportAllDeclaration': case 'BreakStatement': case 'ContinueStatement': return;
      case 'MetaProperty':
        if (node.meta.name === 'new') this.refer(scope, 'new.target', node);
        return;
      case 'LabeledStatement': return this.visit(scope, node.body);
      case 'ExportNamedDeclaration':
        this.visit(scope, node.declaration);
        if (!node.source) node.specifiers.forEach((s) => this.refer(scope, s.local.name, s.local));
        return;
      default: break;
    }
    for (const [, child] of text.children(node)) this.visit(scope, child);
  }
}

// -- Resolution -----------------------------------------------------------------------------------

// What every function but an arrow function has without declaring it.
const implicit = new Set(['this', 'new.target']);

function lookUp(from, name) {
  let eval_ = null, with_ = null;
  const crossed = [];
  for (let scope = from; scope; scope = scope.outer) {
    if (scope.kind === 'with') with_ = with_ || scope;
    if (scope.callsEval && !scope.strict && scope.closure === scope) eval_ = eval_ || scope;
    let variable = scope.variables.get(name);
    if (!variable && name === 'arguments' && scope.hasArguments)
      variable = scope.variables.get(name) || scope.declare('arguments', 'arguments', scope.node);
    if (!variable && scope.functionName && scope.functionName.name === name) {
      variable = scope.functionName;
      scope.variables.set(name, variable);
    }
    if (!variable && implicit.has(name) && scope.hasReceiver) variable = scope.declare(name, name, scope.node);
    if (variable) return { variable, scope, captured: crossed.length ? crossed[0] : null, with_ };
    if (scope.isFunction) crossed.push(scope);
  }
  return null;
}

function resolve(scope) {
  for (const reference of scope.references) {
    const found = lookUp(scope, reference.name);
    if (!found) continue;
    found.variable.used = true;
    if (reference.assigned) found.variable.assigned = true;
    if (found.captured && !found.variable.captured)
      found.variable.captured = { function: found.captured.name, line: reference.node.loc.start.line };
    if (found.with_ && !implicit.has(reference.name)) found.variable.forced = found.variable.forced || 'with';
  }
  scope.inner.forEach(resolve);
}

// Sloppy eval may name whatever stands around it.
function spreadEval(scope) {
  let inside = scope.callsEval;
  for (const inner of scope.inner) inside = spreadEval(inner) || inside;
  if (inside && scope.hasReceiver)
    for (const name of ['this', 'new.target', ...(scope.hasArguments ? ['arguments'] : [])]) scope.declare(name, name, scope.node);
  if (inside)
    for (const variable of scope.variables.values()) {
      variable.forced = 'eval';
      variable.used = true;
    }
  return inside;
}

// Sloppy arguments are another view of the parameters, which must then be where both find them.
function aliasArguments(scope) {
  const own = scope.variables.get('arguments');
  if (own && own.kind === 'arguments' && scope.simple && !scope.strict)
    for (const variable of scope.variables.values()) if (variable.kind === 'parameter') variable.forced = variable.forced || 'arguments';
  scope.inner.forEach(aliasArguments);
}

function place(scope, variable) {
  if (scope.kind === 'script') return 'global';
  if (scope.kind === 'module') {
    if (variable.exported || variable.kind === 'import') return 'module';
    if (!variable.used && variable.kind !== 'function') return 'unused';
    return 'context';
  }
  if (variable.kind === 'private name') return variable.used ? 'context' : 'unused';
  if (variable.forced || variable.captured) return 'context';
  if (variable.kind === 'parameter') return 'stack';
  return variable.used ? 'stack' : 'unused';
}

function why(variable, where) {
  if (where === 'unused') return 'nobody names it';
  if (where !== 'context') return '';
  if (variable.forced === 'eval') return 'eval could name it';
  if (variable.forced === 'arguments') return '`arguments` is another view of it';
  if (variable.forced === 'with') return 'named within `with`';
  if (variable.captured) return `captured by ${text.named(variable.captured.function)} at line ${variable.captured.line}`;
  return '';
}

function describe(scope) {
  const variables = [...scope.variables.values()].map((v) => {
    const where = place(scope, v);
    if (implicit.has(v.name) && where !== 'context') return null;
    if (scope.name === '(module)' && v.kind === 'parameter' && !v.used) return null; // of Node's wrapper
    const row = { name: v.name, kind: v.kind, line: v.line, column: v.column, where, why: why(v, where) };
    if (!v.assigned && /^(let|var|parameter)$/.test(v.kind) && where !== 'unused') row.never_assigned = true;
    return row;
  }).filter(Boolean);
  const slots = variables.filter((v) => v.where === 'context').length;
  return {
    kind: scope.kind,
    name: scope.name,
    line: scope.node.loc.start.line,
    end_line: scope.node.loc.end.line,
    strict: scope.strict,
    ...(scope.callsEval ? { calls_eval: true } : {}),
    context_slots: slots,
    variables,
    // Scopes without variables are left out, as V8 does (Scope::FinalizeBlockScope).
    inner: scope.inner.flatMap((s) => {
      const found = describe(s);
      return found.variables.length === 0 && s.kind === 'block' ? found.inner : [found];
    }),
  };
}

exports.make = function make(data) {
  const tree = text.parse(data);
  const analysis = new Analysis(text.nameFunctions(tree));
  let top;
  if (data.isModule) {
    top = new Scope('module', tree, null);
    top.strict = true;
    for (const node of tree.body)
      if (node.type === 'ImportDeclaration') node.specifiers.forEach((s) => top.declare(s.local.name, 'import', s.local));
  } else {
    // Node's wrapper makes a function of the text.
    top = new Scope('function', tree, null, '(module)');
    top.strict = isStrict(tree.body);
    for (const name of WRAPPER) top.declare(name, 'parameter', tree);
    top.hasArguments = true;
  }
  top.body = top;
  top.hasReceiver = !data.isModule;
  analysis.hoistVars(top, tree);
  analysis.declareBlock(top, tree.body, true);
  for (const statement of tree.body) analysis.visit(top, statement);
  resolve(top);
  spreadEval(top);
  aliasArguments(top);
  if (data.isModule)
    for (const node of tree.body) {
      if (!/^Export(Named|Default)Declaration$/.test(node.type)) continue;
      const d = node.declaration;
      const names = d && d.type === 'VariableDeclaration' ? d.declarations.flatMap((x) => targets(x.id)) : d && d.id ? [d.id] : (node.specifiers || []).map((s) => s.local);
      for (const id of names) if (top.variables.has(id.name)) top.variables.get(id.name).exported = true;
    }
  const all = describe(top);
  if (!data.function) return [all];
  const found = [];
  const search = (scope) => {
    if (scope.name === data.function && /function/.test(scope.kind)) found.push(scope);
    else scope.inner.forEach(search);
  };
  search(all);
  return found;
};

function print(page, scope, indent) {
  const pad = '  '.repeat(indent);
  const facts = [];
  if (scope.context_slots) facts.push(`context with ${text.count(scope.context_slots, 'slot')}`);
  if (scope.calls_eval) facts.push('calls eval');
  if (scope.strict) facts.push('strict');
  const lines = scope.line === scope.end_line ? `line ${scope.line}` : `lines ${scope.line} to ${scope.end_line}`;
  page.line(`${pad}${page.style('bold', scope.kind + (scope.name ? ' ' + scope.name : ''))} (${lines})${facts.length ? ': ' + facts.join(', ') : ''}`);
  const colours = { stack: 'green', context: 'yellow', unused: 'dim' };
  for (const v of scope.variables) {
    if (v.where === 'unused' && v.kind === 'parameter') continue;
    page.line(`${pad}  ${v.name.padEnd(16)} ${v.kind.padEnd(13)} ${page.style(colours[v.where] || 'cyan', v.where.padEnd(8))}${v.why ? ' ' + v.why : ''}`);
  }
  scope.inner.forEach((s) => print(page, s, indent + 1));
}

exports.print = function printScopes(page, found, data) {
  page.note(`${data.file}: scopes by V8's rules over Acorn's tree. stack: a register; context: a slot of an object on the heap`);
  for (const scope of found) {
    page.found = true;
    print(page, scope, 0);
  }
};
