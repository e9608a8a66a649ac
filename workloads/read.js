const fs = require('fs');

let ticks = 0;
const interval = setInterval(() => ticks++, 1);

function report(bytes) {
    clearInterval(interval);
    console.log(`${bytes} bytes; the interval ${ticks ? 'ticked meanwhile' : 'never ticked'}`);
}

const files = ['a.bin', 'b.bin'];
if (process.argv[2] === 'sync') {
    report(files.map((file) => fs.readFileSync(file).length).reduce((a, b) => a + b));
} else {
    Promise.all(files.map((file) => fs.promises.readFile(file))).then((contents) => {
        report(contents.map((content) => content.length).reduce((a, b) => a + b));
    });
}
