// Permutations by flips (fannkuch) and placements of queens by backtracking: small Smi arrays, deep loops.
'use strict';

function flips(permutation) {
    const p = permutation.slice();
    let count = 0;
    while (p[0] !== 0) {
        for (let i = 0, j = p[0]; i < j; i++, j--) {
            const swap = p[i];
            p[i] = p[j];
            p[j] = swap;
        }
        count++;
    }
    return count;
}

function permute(list, from, visit) {
    if (from === list.length) {
        visit(list);
        return;
    }
    for (let i = from; i < list.length; i++) {
        [list[from], list[i]] = [list[i], list[from]];
        permute(list, from + 1, visit);
        [list[from], list[i]] = [list[i], list[from]];
    }
}

function queens(n, row, columns, left, right) {
    if (row === n) return 1;
    let placements = 0;
    for (let c = 0; c < n; c++) {
        if (columns[c] || left[row + c] || right[row - c + n]) continue;
        columns[c] = left[row + c] = right[row - c + n] = true;
        placements += queens(n, row + 1, columns, left, right);
        columns[c] = left[row + c] = right[row - c + n] = false;
    }
    return placements;
}

let most = 0;
permute([0, 1, 2, 3, 4, 5, 6, 7, 8], 0, function visit(list) { most = Math.max(most, flips(list)); });
const flags = () => new Array(20).fill(false);
console.log(most, queens(8, 0, flags(), flags(), flags()), queens(10, 0, flags(), flags(), flags()));
