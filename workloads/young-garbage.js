// A parser of small messages: every object is garbage a moment later.
function parse(i) {
    return { type: i & 3, payload: [i, i + 1, i + 2], header: { length: i & 255 } };
}

function handle(message) {
    return message.payload[message.type === 3 ? 0 : message.type] + message.header.length;
}

const queue = new Array(64).fill(null); // a message leaves parse and lives for 64 more
let sum = 0;
for (let i = 0; i < 500000; i++) {
    const last = queue[i & 63];
    if (last !== null) sum = (sum + handle(last)) & 0xffffff;
    queue[i & 63] = parse(i);
}
console.log(sum);
