'use strict';
const f = require('fastify')();
f.get(
    '/u/:id',
    {
        schema: {
            response: { 200: { type: 'object', properties: { id: { type: 'string' }, n: { type: 'number' } } } },
        },
    },
    async (q) => ({ id: q.params.id, n: 1, z: 2 }),
);
(async () => {
    let n = 0;
    for (let i = 0; i < 500; i++) {
        const r = await f.inject('/u/' + i);
        n += r.payload.length;
    }
    console.log(n, (await f.inject('/none')).statusCode);
})();
