const { pbkdf2 } = require('crypto');

const start = performance.now();
for (let i = 1; i <= 5; i++) {
    pbkdf2('secret', 'salt', 500000, 64, 'sha512', (err, key) => {
        if (err) throw err;
        const ms = (performance.now() - start).toFixed(0);
        console.log(`key ${i} after ${ms} ms: ${key.toString('hex', 0, 8)}`);
    });
}
