'use strict';
// Why a function is not in TurboFan, in plain words. Those of deoptimizations are the report's, in
// src/report
exports.notOptimized = {
  'TurboFan is off': 'by a flag',
  'too large': 'beyond --max-optimized-bytecode-size',
  'being compiled': 'the program ended before',
  'marked, not called again': 'code is made at the next call',
  deoptimized: 'it has to get hot again',
  'not enough ticks': 'its interrupt budget ran out too seldom',
  'not hot': 'its interrupt budget never ran out',
};
exports.deopt = () => '';
