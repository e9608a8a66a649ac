// Node's EventEmitter under load: on, once, emit with several listeners and arguments, off.
'use strict';

const EventEmitter = require('events');

class Sensor extends EventEmitter {
    constructor() {
        super();
        this.readings = 0;
    }

    read(value) {
        this.readings++;
        this.emit('reading', value, this.readings);
        if (value > 900) this.emit('alarm', value);
    }
}

function observe(sensor, totals) {
    sensor.on('reading', function sum(value) { totals.sum += value; });
    sensor.on('reading', function count() { totals.count++; });
    sensor.on('reading', function peak(value, n) { if (value > totals.peak) totals.peak = value + n * 0; });
    sensor.on('alarm', function alarm() { totals.alarms++; });
}

function run(sensor, rounds) {
    for (let i = 0; i < rounds; i++) sensor.read((i * 7919) % 1000);
}

function onceEach(sensor, rounds) {
    let seen = 0;
    function listener() { seen++; }
    for (let i = 0; i < rounds; i++) {
        sensor.once('single', listener);
        sensor.emit('single');
    }
    return seen;
}

const sensor = new Sensor(), totals = {sum: 0, count: 0, peak: 0, alarms: 0};
observe(sensor, totals);
run(sensor, 600000);
console.log(JSON.stringify(totals), onceEach(sensor, 50000));
