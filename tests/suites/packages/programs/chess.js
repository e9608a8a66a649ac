'use strict';
const { Chess } = require('chess.js');
const perft = (c, d) => {
    if (!d) return 1;
    let n = 0;
    for (const m of c.moves()) {
        c.move(m);
        n += perft(c, d - 1);
        c.undo();
    }
    return n;
};
console.log(perft(new Chess(), 2));
