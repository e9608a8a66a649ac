// Requests made of timers: a timeout that is mostly cleared, pauses, work in slices, and an interval beside them.
const crypto = require('crypto');
const { setTimeout: pause } = require('timers/promises');

let ticks = 0;
setInterval(() => ticks++, 20).unref();

function hash(rounds) {
    return new Promise((resolve, reject) => {
        crypto.pbkdf2('secret', 'salt', rounds, 32, 'sha256', (err, key) => (err ? reject(err) : resolve(key)));
    });
}

// The answer, or a timeout.
exports.limited = (request, done) => {
    let ended = false;
    const end = (err) => {
        if (ended) return;
        ended = true;
        done(err);
    };
    const timer = setTimeout(() => end(null), 50);
    crypto.pbkdf2('secret', 'salt', Math.ceil(request.params.rounds), 32, 'sha256', () => {
        clearTimeout(timer);
        end(null);
    });
};

// Tries again after pauses.
exports.retried = async (request) => {
    for (let attempt = 0; attempt < request.params.attempts; attempt++) {
        await hash(500);
        await pause(2 + 3 * attempt);
    }
};

// Gives way to others between slices.
exports.sliced = (request, done) => {
    let left = request.params.slices;
    (function slice() {
        let sum = 0;
        for (let i = 0; i < 5000; i++) sum += i % 7;
        if (--left > 0) setImmediate(slice);
        else done(null, sum);
    })();
};
