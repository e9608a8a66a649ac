'use strict';
const A = require('ajv');
const v = new A({ allErrors: true }).compile({
    type: 'object',
    properties: {
        a: {
            type: 'array',
            items: {
                type: 'object',
                properties: { x: { type: 'integer', minimum: 0 }, s: { type: 'string', pattern: '^a+b$' } },
                required: ['x', 's'],
                additionalProperties: false,
            },
        },
    },
    required: ['a'],
});
let n = 0;
for (let i = 0; i < 100; i++) {
    if (!v({ a: Array.from({ length: 200 }, (_, j) => ({ x: j - 1, s: j % 5 ? 'aab' : 'abc' })) }))
        n += v.errors.length;
}
console.log(n);
