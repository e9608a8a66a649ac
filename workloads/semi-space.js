// Requests whose objects live for a while: the last 5,000 are in work.
const IN_WORK = 5000;
const inWork = new Array(IN_WORK).fill(null);

class Headers {
    constructor(i) {
        this.host = 'example';
        this.type = 'text/plain';
        this.length = i & 1023;
        this.age = 0;
        this.tag = i;
    }
}

class Request {
    constructor(i) {
        this.id = i;
        this.headers = new Headers(i);
        this.row = i & 255;
        this.column = i & 127;
        this.user = null;
        this.answer = null;
        this.failed = false;
    }
}

let sum = 0;
for (let i = 0; i < 600000; i++) {
    const done = inWork[i % IN_WORK];
    if (done !== null) sum = (sum + done.row + done.headers.length) & 0xffffff;
    inWork[i % IN_WORK] = new Request(i);
}
console.log(sum);
