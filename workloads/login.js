const crypto = require('crypto');
const fs = require('fs/promises');

// Each request calls the exported function of its class: with a callback, or as an async function.
exports.login = (request, callback) => {
    crypto.pbkdf2(`password of user ${request.params.user}`, 'salt', 100000, 64, 'sha512', callback);
};

const cache = new Map();
exports.read = async (request) => {
    const { article } = request.params;
    if (!cache.has(article)) cache.set(article, fs.readFile('articles.json'));
    return (await cache.get(article)).length;
};

exports.compute = (request, callback) => {
    let sum = 0;
    for (let row = 0; row < request.params.rows; row++) sum += Math.sqrt(row);
    callback(null, sum);
};
