// Print src/node/options_table.inc: node --expose-internals tools/dump-options.js
'use strict';
const { internalBinding } = require('internal/test/binding');
const { getCLIOptionsInfo, getCLIOptionsValues } = internalBinding('options');
const { options } = getCLIOptionsInfo();
const values = getCLIOptionsValues();

function kindOf(value) {
  if (typeof value === 'boolean') return ['BOOLEAN', String(value)];
  if (typeof value === 'number' || typeof value === 'bigint') return ['NUMBER', String(value)];
  if (typeof value === 'string') return ['STRING', value];
  if (Array.isArray(value)) return ['LIST', ''];
  if (value && value.host !== undefined) return ['HOST', `${value.host}:${value.port}`];
  return ['UNDEFINED', ''];
}

console.log('// Command-line options of Node 20 with their defaults. Made by tools/dump-options.js from\n' +
            `// internalBinding('options') of a real Node ${process.version.slice(1)}.`);
for (const name of Object.keys(values).sort()) {
  if (name.startsWith('--no-')) continue;
  const value = name === '--expose-internals' ? false : values[name];
  const [kind, text] = kindOf(value);
  const allowed = options.get(name)?.envVarSettings === 0;
  console.log(`X(${JSON.stringify(name)}, NS_OPTION_${kind}, ${JSON.stringify(text)}, ${allowed})`);
}
