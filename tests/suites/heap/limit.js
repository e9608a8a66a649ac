// flags: --max-old-space-size=64
// A leak to the limit.
'use strict';
const kept = [];
for (;;)
  kept.push({ index: kept.length, text: 'abcdefghijklmnop' + kept.length });
