'use strict';
// What regular expressions cost, in 0.1 ns of CPU time each call: the least of some rounds.
// The first round may have compilations on helper threads in it, whose time cpuUsage tells, too.
const rounds = process.env.SIMULATED ? 4 : 15;
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system; };
const ns = {};
let sink, unique = 0;

function measure(name, n, f) {
    let least = Infinity;
    for (let warm = 0; warm < 3; warm++) f(n);
    for (let round = 0; round < rounds; round++) {
        const start = cpu();
        f(n);
        least = Math.min(least, cpu() - start);
    }
    ns[name] = Math.round(least / n * 1e4) / 10;
}
const tested = (name, re, text, n = 1500) => measure(name, n, (n) => { for (let i = 0; i < n; i++) sink = re.test(text); });
const found = (name, re, text) => measure(name, 10000, (n) => { for (let i = 0; i < n; i++) sink = re.exec(text); });
const replaced = (name, re, text, by, n) => measure(name, n, (n) => { for (let i = 0; i < n; i++) sink = text.replace(re, by); });

const line = 'x'.repeat(1000), words = 'the quick brown fox jumps over the lazy dog '.repeat(25), short = 'pyvpx';
// Where a match may start is looked for by a plain text, by a set of characters, or several at once.
tested('a text of five', /qbzpq/, line, 20000);
tested('a text whose first character is everywhere', /xbzpq/, line);
tested('a class', /[a-m]/, line);
tested('two classes', /[a-m][a-m]/, line);
tested('a word in any case', /dogs/i, words);
tested('three words', /alpha|beta|gamma/, words);
// What a match takes.
tested('letters', /[a-z]+$/, line);
tested('letters and others', /^\w+$/, line);
tested('groups in a loop', /^(x|y)*$/, line);
tested('words in a loop', /^(?:\w+ )*$/, words);
tested('a start that is none', /^ba/, short, 10000);
found('two groups', /^(p)(y)/, short);
found('a URL', /(((\w+):\/\/)([^\/:]*)(:(\d+))?)?([^#?]*)(\?([^#]*))?(#(.*))?/, 'http://www.example.com/login.html');
// Around the matches.
replaced('all of 225 spaces', / /g, words, '_', 300);
replaced('all of 225 words', /\w+/g, words, '_', 300);
replaced('all, by groups', /(v)(.)/g, short, '$2$1', 10000);
replaced('one, by a function', /v./, short, (m) => m, 10000);
measure('split at 225 places', 300, (n) => { for (let i = 0; i < n; i++) sink = words.split(/\s+/); });
measure('match of 225 words', 300, (n) => { for (let i = 0; i < n; i++) sink = words.match(/\w+/g); });
// New expressions: parsed, called once, and twice.
const made = { small: () => `^a[0-9]${unique++}$`,
    middle: () => `^\\s*(\\w+)\\s*=\\s*("[^"]*"|'[^']*'|${unique++})\\s*;?$` };
for (const [name, text] of Object.entries(made)) {
    for (const times of [0, 1, 2]) {
        measure(`${name}, called ${times} times`, 2000, (n) => {
            for (let i = 0; i < n; i++) {
                const re = new RegExp(text());
                for (let k = 0; k < times; k++) sink = re.exec(short);
            }
        });
    }
}
console.log(JSON.stringify(ns));
