'use strict';
const J = require('joi');
const S = J.object({
    a: J.array().items(J.object({ x: J.number().integer().min(0), s: J.string().pattern(/^a+b$/) })),
});
let n = 0;
for (let i = 0; i < 20; i++) {
    const r = S.validate(
        { a: Array.from({ length: 100 }, (_, j) => ({ x: j - 1, s: j % 5 ? 'aab' : 'abc' })) },
        { abortEarly: false },
    );
    n += r.error ? r.error.details.length : 0;
}
console.log(n);
