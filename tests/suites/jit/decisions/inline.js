'use strict';
// Calls that TurboFan inlines and does not, each for a reason of its own.
function small(x) { return x + 1; }
function middle(x) { let t = x; for (let i = 0; i < 3; i++) { t = (t * 31 + i) % 1000; t ^= i; } return t; }
function large(x) {
    let t = x;
    t = (t * 3 + x) % 1000; t = (t * 5 + x) % 1001; t = (t * 7 + x) % 1002; t = (t * 9 + x) % 1003;
    t = (t * 3 + x) % 1004; t = (t * 5 + x) % 1005; t = (t * 7 + x) % 1006; t = (t * 9 + x) % 1007;
    t = (t * 3 + x) % 1008; t = (t * 5 + x) % 1009; t = (t * 7 + x) % 1010; t = (t * 9 + x) % 1011;
    t = (t * 3 + x) % 1012; t = (t * 5 + x) % 1013; t = (t * 7 + x) % 1014; t = (t * 9 + x) % 1015;
    t = (t * 3 + x) % 1016; t = (t * 5 + x) % 1017; t = (t * 7 + x) % 1018; t = (t * 9 + x) % 1019;
    t = (t * 3 + x) % 1020; t = (t * 5 + x) % 1021; t = (t * 7 + x) % 1022; t = (t * 9 + x) % 1023;
    t = (t * 3 + x) % 1024; t = (t * 5 + x) % 1025; t = (t * 7 + x) % 1026; t = (t * 9 + x) % 1027;
    t = (t * 3 + x) % 1028; t = (t * 5 + x) % 1029; t = (t * 7 + x) % 1030; t = (t * 9 + x) % 1031;
    t = (t * 3 + x) % 1032; t = (t * 5 + x) % 1033; t = (t * 7 + x) % 1034; t = (t * 9 + x) % 1035;
    return t;
}
function again(n) { return n <= 0 ? 0 : again(n - 1) + 1; }
function seldom(x) { return x * 2; }
const three = [(x) => x, (x) => x + 1, (x) => x + 2];
function pick(f, x) { return f(x); }

function caller(i) {
    let sum = small(i) + middle(i) + again(3) + large(i) + pick(three[i % 3], i);
    if ((i & 31) === 0) sum += seldom(i);
    return sum;
}

let total = 0;
for (let i = 0; i < 60000; i++) total += caller(i);
console.log(total);
