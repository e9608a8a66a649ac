const crypto = require('crypto');

exports.login = (request, callback) => {
    crypto.pbkdf2('password', 'salt', Math.ceil(request.params.work), 32, 'sha256', callback);
};

exports.fail = (request, callback) => {
    if (process.argv[2] === 'throw') throw new Error('broken on purpose');
    if (process.argv[2] === 'exit') process.exit(7);
    if (process.argv[2] === 'spin') for (;;);
    callback(null);
};
