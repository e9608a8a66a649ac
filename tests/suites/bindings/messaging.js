// Ports in one thread: order, transfer, closing, broadcast.
'use strict';
const { MessageChannel, receiveMessageOnPort, BroadcastChannel, markAsUntransferable } = require('worker_threads');
const { inspect } = require('util');
const log = (...args) => console.log(...args);
const attempt = (name, run) => {
  try {
    log(name, run());
  } catch (error) {
    log(name, error.name, error.code, error.message);
  }
};

const { port1, port2 } = new MessageChannel();
log(inspect(port1).split('\n')[0]);
for (let i = 0; i < 5; i++) port1.postMessage({ i, text: '\u20ac'.repeat(i) });
log(receiveMessageOnPort(port2), receiveMessageOnPort(port1));
port2.on('message', (message) => {
  log('message', message);
  process.nextTick(() => log('tick', message.i));
  Promise.resolve().then(() => log('microtask', message.i));
  if (message.i === 4) port2.close();
});
port1.on('close', () => log('close 1'));
port2.on('close', () => log('close 2'));
setImmediate(() => log('immediate'));

const buffer = new ArrayBuffer(8);
const other = new MessageChannel();
attempt('transfer', () => port1.postMessage({ i: 9, buffer }, [buffer]));
log(buffer.byteLength);
attempt('twice', () => port1.postMessage(buffer, [buffer, buffer]));
attempt('source', () => port1.postMessage(null, [port1]));
attempt('unlisted', () => port1.postMessage(other.port1));
attempt('object', () => port1.postMessage(1, [{}]));
attempt('number', () => port1.postMessage(1, 5));
attempt('none', () => port1.postMessage());
attempt('function', () => port1.postMessage(() => {}));
const kept = new ArrayBuffer(4);
markAsUntransferable(kept);
attempt('kept', () => { other.port2.postMessage(kept, [kept]); return kept.byteLength; });

const carrier = new MessageChannel();
const inner = new MessageChannel();
carrier.port2.on('message', ({ port }) => {
  port.on('message', (message) => { log('through', message); port.close(); carrier.port2.close(); });
});
inner.port2.postMessage('before');
carrier.port1.postMessage({ port: inner.port1 }, [inner.port1]);

const first = new BroadcastChannel('a');
const second = new BroadcastChannel('a');
const third = new BroadcastChannel('b');
second.onmessage = (event) => { log('broadcast', event.data); first.close(); second.close(); third.close(); };
third.onmessage = () => log('never');
first.postMessage([1, 2]);

structuredClone(inner.port2 && new Error('cause', { cause: { a: 1 } })).cause.a === 1 && log('cause kept');
new Blob(['ab', new Uint8Array([0xe2, 0x82, 0xac]), new Blob(['cd'])], { type: 'x/y' }).slice(1, 7).text().then((text) => log('blob', text));
