'use strict';
const { z } = require('zod');
const S = z.object({
    a: z.array(
        z.object({
            x: z.number().int().min(0),
            s: z.string().regex(/^a+b$/),
            o: z.union([z.string(), z.null()]).optional(),
        }),
    ),
    k: z.record(z.string(), z.number()),
});
let n = 0;
for (let i = 0; i < 60; i++) {
    const r = S.safeParse({
        a: Array.from({ length: 100 }, (_, j) => ({ x: j - 1, s: j % 5 ? 'aab' : 'abc', o: j % 2 ? null : 'q' })),
        k: { a: 1, b: 2 },
    });
    n += r.success ? 0 : r.error.issues.length;
}
console.log(n);
