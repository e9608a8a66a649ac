// A service that parses and writes JSON.
'use strict';
const text = JSON.stringify({
  id: 17, name: 'a user of the service', tags: ['alpha', 'beta', 'gamma'],
  items: Array.from({ length: 20 }, (_, i) => ({ sku: 'sku-' + i, price: i * 3, count: i & 3 })),
});
let sum = 0;
for (let i = 0; i < 6000; i++) {
  const order = JSON.parse(text);
  order.total = order.items.reduce((a, item) => a + item.price * item.count, 0);
  sum += JSON.stringify(order).length;
}
console.log(sum);
