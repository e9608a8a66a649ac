// For fit-engine: time that goes to a character searched or copied.
const hay = 'abcdefghij'.repeat(20000), parts = Array.from({ length: 2000 }, (_, i) => 'a piece of text, number ' + i);
function main() {
  let out = '';
  for (let i = 0; i < parts.length; i++) out += parts[i];
  return hay.indexOf('jj') + hay.toUpperCase().length + out.indexOf('~') + hay.slice(1, 150000).trim().length;
}
