// For fit-engine: time that goes to a step of the matcher.
const lines = Array.from({ length: 400 }, (_, i) => `GET /users/${i}/posts/${i * 3} HTTP/1.1 host=h${i}.example.test agent=bench`);
const re = /^([A-Z]+) \/(\w+)\/(\d+)\/\w+\/\d+ HTTP\/1\.\d.*agent=(\w+)$/;
function main() { let n = 0; for (const l of lines) if (re.test(l)) n++; return n; }
