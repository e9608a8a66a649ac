'use strict';
const fs = require('fs');

fs.readFile('small.txt', () => {
  fs.mkdir('a/b', { recursive: true }, () => {
    setTimeout(() => {}, 1); // due long before the read below is over
    fs.readFileSync('big.bin');
    fs.readFileSync('big.bin');
    fs.promises.copyFile('small.txt', 'copy.txt').then(() => fs.writeFileSync('end.txt', 'x'));
  });
});
