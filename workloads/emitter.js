const { EventEmitter } = require('events');

const door = new EventEmitter();
door.on('ring', (who) => console.log('first listener:', who));
door.once('ring', (who) => console.log('once:', who));
door.on('ring', (who) => setImmediate(() => console.log('deferred:', who)));
door.prependListener('ring', (who) => console.log('prepended:', who));

console.log('before emit');
console.log('had listeners:', door.emit('ring', 'Ada'));
console.log('after emit');
door.emit('ring', 'Grace');
console.log('had listeners:', door.emit('knock'));
