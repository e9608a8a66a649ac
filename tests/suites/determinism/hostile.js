const crypto = require('crypto');
const fs = require('fs');
const os = require('os');

console.log(Date.now(), new Date().toString(), performance.now(), process.hrtime(), process.uptime());
console.log(Math.random(), crypto.randomUUID(), crypto.randomBytes(8).toString('hex'));
console.log(process.pid, process.ppid, process.cwd(), __filename, process.env, os.hostname(), os.tmpdir());
console.log(os.cpus().length, os.totalmem(), os.userInfo().username, os.loadavg(), process.memoryUsage());
console.log(fs.readdirSync('.'), fs.statSync(__filename), fs.mkdtempSync('/tmp/x-'));
console.log(crypto.generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
console.log((12345.678).toLocaleString(), ['b', 'a', 'ä'].sort((a, b) => a.localeCompare(b)));

exports.hit = async (request) => {
    await fs.promises.readFile(__filename);
    return new Promise((done) => setTimeout(done, Math.random() * request.params.size));
};
