// Two functions keep what they make, in ratio 1 to 3; a third makes as much as both and keeps nothing.
const kept = exports.kept = [];
function few() { const part = []; for (let i = 0; i < 40; i++) part.push({ number: i, text: 'few' }); kept.push(part); }
function many() { const part = []; for (let i = 0; i < 120; i++) part.push({ number: i, text: 'many' }); kept.push(part); }
function garbage() { let last; for (let i = 0; i < 160; i++) last = { number: i, text: 'garbage' }; return last; }
let sum = 0;
for (let i = 0; i < 2000; i++) { few(); many(); sum += garbage().number; }
process.exitCode = sum > 0 && kept.length === 4000 ? 0 : 1;
