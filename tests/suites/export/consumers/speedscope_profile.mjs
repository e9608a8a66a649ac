// What speedscope's importer makes of a .cpuprofile: total weight and self weight by function, in us.
import fs from 'node:fs';
import {importFromChromeCPUProfile} from './speedscope_import.mjs';

const profile = importFromChromeCPUProfile(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
const self = {};
profile.forEachFrame(frame => self[frame.name] = (self[frame.name] ?? 0) + frame.getSelfWeight());
console.log(JSON.stringify({total: profile.getTotalWeight(), idle: profile.getTotalWeight() - profile.getTotalNonIdleWeight(), self}));
