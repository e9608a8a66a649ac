// One task of the thread pool for each request, of exponential length: an M/M/c queue.
const crypto = require('crypto');

exports.task = (request, done) => {
    crypto.pbkdf2('secret', 'salt', 1 + Math.round(request.params.rounds), 32, 'sha256', done);
};
