'use strict';
const x = require('xml2js');
const s = '<r>' + Array.from({ length: 800 }, (_, i) => `<i id="${i}"><n>v&amp;${i}</n></i>`).join('') + '</r>';
x.parseString(s, (e, r) => console.log(r.r.i.length, new x.Builder().buildObject(r).length));
