// What DevTools' model of CPU profiles makes of a .cpuprofile: self time by function in ms, and in all.
import fs from 'node:fs';

globalThis.window ??= globalThis;
const {CPUProfileDataModel} = await import('@paulirish/trace_engine/models/cpu_profile/CPUProfileDataModel.js');

const profile = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const model = new CPUProfileDataModel(profile);
const self = {};
(function walk(node) {
  const frame = node.callFrame;
  const name = frame.url ? `${frame.functionName} ${frame.url.split('/').pop()}:${frame.lineNumber + 1}` : frame.functionName;
  self[name] = (self[name] ?? 0) + node.self;
  node.children.forEach(walk);
})(model.profileHead);
console.log(JSON.stringify({
  self, total: model.profileHead.total, start: model.profileStartTime, end: model.profileEndTime,
  samples: model.samples.length, idle: model.idleNode?.self, program: model.programNode?.self, gc: model.gcNode?.self,
}));
