// Classes with inheritance, super calls, accessors, static and private members.
'use strict';

class Account {
    #balance = 0;
    static opened = 0;

    constructor(owner) {
        this.owner = owner;
        Account.opened++;
    }

    get balance() {
        return this.#balance;
    }

    deposit(amount) {
        this.#balance += amount;
        return this;
    }

    monthEnd() {
        this.deposit(1);
    }
}

class Savings extends Account {
    constructor(owner, rate) {
        super(owner);
        this.rate = rate;
    }

    monthEnd() {
        super.monthEnd();
        this.deposit((this.balance * this.rate) >> 8);
    }
}

class Premium extends Savings {
    constructor(owner) {
        super(owner, 3);
        this.bonus = 2;
    }

    monthEnd() {
        super.monthEnd();
        this.deposit(this.bonus);
    }
}

function open(i) {
    switch (i % 3) {
    case 0: return new Account(i);
    case 1: return new Savings(i, 2);
    default: return new Premium(i);
    }
}

function year(accounts) {
    for (let month = 0; month < 12; month++) {
        for (let i = 0; i < accounts.length; i++) accounts[i].monthEnd();
    }
}

let total = 0;
for (let round = 0; round < 300; round++) {
    const accounts = [];
    for (let i = 0; i < 300; i++) accounts.push(open(i).deposit(i));
    year(accounts);
    for (const account of accounts) total = (total + account.balance) & 0xffffff;
}
console.log(total, Account.opened);
