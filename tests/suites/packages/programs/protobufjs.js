'use strict';
const pb = require('protobufjs');
const T = pb
    .parse(
        'syntax="proto3";message I{int32 a=1;string s=2;repeated double d=3;map<string,int32> m=4;} message L{repeated I i=1;}',
    )
    .root.lookupType('L');
let n = 0;
for (let k = 0; k < 30; k++) {
    const b = T.encode({
        i: Array.from({ length: 100 }, (_, i) => ({ a: i * k, s: 's' + i, d: [i / 3, 2], m: { x: i } })),
    }).finish();
    n += b.length + T.toObject(T.decode(b)).i.length;
}
console.log(n);
