// What HdrHistogram's reader in JavaScript finds in a log: by tag the count and some percentiles.
import fs from 'node:fs';
import {createRequire} from 'node:module';

const hdr = createRequire(import.meta.url)('hdr-histogram-js');
const reader = new hdr.HistogramLogReader(fs.readFileSync(process.argv[2], 'utf8'));
const found = {};
for (let h = reader.nextIntervalHistogram(); h; h = reader.nextIntervalHistogram()) {
  found[h.tag] = {count: h.totalCount, max: h.maxValue, start: h.startTimeStampMsec, end: h.endTimeStampMsec};
  for (const p of [1, 50, 90, 99, 99.9, 100])
    found[h.tag][p] = h.getValueAtPercentile(p);
}
console.log(JSON.stringify(found));
