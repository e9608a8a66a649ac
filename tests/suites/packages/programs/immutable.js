'use strict';
const { Map, List, fromJS } = require('immutable');
let m = Map(),
    l = List();
for (let i = 0; i < 20000; i++) {
    m = m.set('k' + (i % 2000), i);
    l = l.push(i);
}
console.log(
    m.size,
    m.get('k7'),
    l
        .filter((x) => x % 2)
        .map((x) => x * 2)
        .reduce((a, b) => a + b, 0),
    fromJS({ a: { b: [1, 2, { c: 3 }] } })
        .setIn(['a', 'b', 2, 'c'], 9)
        .toJS(),
);
