// Flags: --max-old-space-size=64
// A leak that runs into the limit of the old space: mark-compacts come closer and closer, then the process ends.
'use strict';

const leak = [];
for (let i = 0; ; i++) leak.push({i, list: new Array(10).fill(i)});
