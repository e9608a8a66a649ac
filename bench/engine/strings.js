// String building, splitting, searching and regular expressions, as a template or log formatter does.
function escape(s) { return s.replace(/[&<>"]/g, (c) => '&#' + c.charCodeAt(0) + ';'); }
function main() {
  let total = 0;
  for (let round = 0; round < 250; round++) {
    let out = '';
    for (let i = 0; i < 100; i++) {
      out += '<li class="item-' + i + '">' + escape(`name & <${i}>`) + '</li>\n';
    }
    const lines = out.split('\n');
    for (const line of lines) {
      if (line.indexOf('item-5') >= 0) total += line.length;
      total += line.toUpperCase().slice(3, 12).trim().length;
      const m = /class="item-(\d+)"/.exec(line);
      if (m) total += Number(m[1]);
    }
  }
  return total;
}
