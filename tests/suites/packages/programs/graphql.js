'use strict';
const g = require('graphql');
const s = g.buildSchema('type Q{users(n:Int):[U]} type U{id:ID name:String friends(n:Int):[U]} schema{query:Q}');
const mk = (i) => ({ id: i, name: 'u' + i, friends: ({ n }) => Array.from({ length: n }, (_, j) => mk(i * 10 + j)) });
let p = Promise.resolve();
for (let k = 0; k < 10; k++)
    p = p.then(() =>
        g.graphql({
            schema: s,
            source: '{users(n:20){id name friends(n:5){id name friends(n:2){name}}}}',
            rootValue: { users: ({ n }) => Array.from({ length: n }, (_, i) => mk(i)) },
        }),
    );
p.then((r) => console.log(JSON.stringify(r).length));
