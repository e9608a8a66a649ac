// perf_hooks' histograms.
'use strict';
const { createHistogram } = require('perf_hooks');
const { inspect } = require('util');
const random = require('./random.js')(6);

for (let i = 0; i < 50; i++) {
  const histogram = createHistogram(random.pick([undefined, { lowest: 1, highest: 1e6, figures: 2 }, { figures: 1 }]));
  const other = createHistogram();
  for (let n = random.below(200); n > 0; n--) {
    histogram.record(1 + random.next() % 900000);
    other.record(BigInt(1 + random.below(1000)));
  }
  console.log(inspect(histogram));
  histogram.add(other);
  console.log(histogram.min, histogram.maxBigInt, histogram.mean, histogram.stddev, histogram.exceeds, histogram.count,
              histogram.percentile(99), histogram.percentileBigInt(50), inspect(structuredClone(histogram)));
  histogram.reset();
  console.log(histogram.count, histogram.percentiles.size);
  try {
    histogram.record(random.pick([0, -1, '1', 2n ** 64n]));
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
