'use strict';
const _ = require('lodash');
const d = _.range(3000).map((i) => ({ id: i, g: i % 17, v: (i * 7919) % 1009 }));
let o;
for (let k = 0; k < 20; k++) {
    o = _(d)
        .groupBy('g')
        .mapValues((a) => _.sumBy(a, 'v'))
        .toPairs()
        .sortBy(1)
        .value();
    o = [
        o,
        _.cloneDeep(d.slice(0, 300)).length,
        _.uniqBy(d, 'v').length,
        _.orderBy(d, ['g', 'v'], ['asc', 'desc']).slice(0, 3),
    ];
}
console.log(JSON.stringify(o));
