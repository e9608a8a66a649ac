// A listener that nobody removes, with what it holds on to.
const listeners = [];

function request(i) {
    const body = new Array(100).fill(i);
    listeners.push(() => body.length);
}

for (let i = 0; ; i++) request(i);
