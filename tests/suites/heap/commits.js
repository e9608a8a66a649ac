// Garbage alone: what the first scavenges commit is all that they have to do.
'use strict';
let last = null;
for (let i = 0; i < 500000; i++) last = {id: i, pair: i, next: last && 1};
