const fs = require('fs');
const { pipeline } = require('stream/promises');
const { createGzip } = require('zlib');

async function main() {
    const source = fs.createReadStream('access.log');
    const target = fs.createWriteStream('access.log.gz');
    await pipeline(source, createGzip(), target);
    console.log(`${source.bytesRead} bytes read, ${target.bytesWritten} written`);
}
main();
