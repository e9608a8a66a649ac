// await in a loop.
'use strict';
async function step(n) {
  await null;
  return n & 7;
}
async function main() {
  let sum = 0;
  for (let i = 0; i < 60000; i++)
    sum += await step(i);
  console.log(sum);
}
main();
