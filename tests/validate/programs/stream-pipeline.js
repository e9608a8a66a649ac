// A pipeline of streams: a readable makes chunks, two transforms change them, a writable adds them up.
'use strict';

const {Readable, Transform, Writable, pipeline} = require('stream');

class Source extends Readable {
    constructor(chunks) {
        super();
        this.left = chunks;
    }

    _read() {
        this.push(this.left-- > 0 ? Buffer.alloc(1024, this.left & 255) : null);
    }
}

class Flip extends Transform {
    _transform(chunk, encoding, done) {
        for (let i = 0; i < chunk.length; i++) chunk[i] ^= 0x55;
        done(null, chunk);
    }
}

class Frame extends Transform {
    _transform(chunk, encoding, done) {
        this.push(Buffer.from([chunk.length >> 8, chunk.length & 255]));
        done(null, chunk);
    }
}

class Sink extends Writable {
    constructor() {
        super();
        this.bytes = 0;
        this.sum = 0;
    }

    _write(chunk, encoding, done) {
        this.bytes += chunk.length;
        this.sum = (this.sum + chunk[0]) & 0xffff;
        done();
    }
}

const sink = new Sink();
pipeline(new Source(10000), new Flip(), new Frame(), sink, function finished(error) {
    console.log(error || 'done', sink.bytes, sink.sum);
});
