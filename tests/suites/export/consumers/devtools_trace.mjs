// What DevTools' own trace engine finds in a Chrome trace: slices by track and category, and how deep
// they nest.
import fs from 'node:fs';

globalThis.window ??= globalThis;
globalThis.DOMRect = class {
  constructor(x, y, width, height) { Object.assign(this, {x, y, width, height}); }
  static fromRect(r) { return new DOMRect(r.x, r.y, r.width, r.height); }
};
const Trace = await import('@paulirish/trace_engine');

const {traceEvents} = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const model = Trace.TraceModel.Model.createWithAllHandlers();
await model.parse(traceEvents, {metadata: {}});
const {data} = model.parsedTrace(0);
const tracks = {};
for (const {threads} of data.Renderer.processes.values()) {
  for (const thread of threads.values()) {
    const slices = {};
    for (const entry of thread.entries) {
      if (entry.ph === 'X')
        slices[entry.cat] = (slices[entry.cat] ?? 0) + 1;
    }
    tracks[thread.name] = {slices, depth: thread.tree.maxDepth};
  }
}
console.log(JSON.stringify({generic: data.Meta.traceIsGeneric, bounds: data.Meta.traceBounds, tracks}));
