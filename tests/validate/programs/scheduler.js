// An operating system in small, in the manner of the Richards benchmark: tasks with states and queues of packets,
// dispatched through virtual calls; objects live long, links between them change all the time.
'use strict';

const IDLE = 0, WORKER = 1, DEVICE = 2, HANDLER = 3;

class Packet {
    constructor(link, id, kind) {
        this.link = link;
        this.id = id;
        this.kind = kind;
        this.datum = 0;
        this.data = [0, 0, 0, 0];
    }

    appendTo(queue) {
        this.link = null;
        if (queue === null) return this;
        let last = queue;
        while (last.link !== null) last = last.link;
        last.link = this;
        return queue;
    }
}

class Task {
    constructor(scheduler, id, priority, queue) {
        this.scheduler = scheduler;
        this.id = id;
        this.priority = priority;
        this.queue = queue;
        this.held = false;
        this.next = null;
    }

    isReady() {
        return !this.held;
    }

    take() {
        const packet = this.queue;
        if (packet !== null) this.queue = packet.link;
        return packet;
    }

    step() {
        return this.run(this.take());
    }
}

class IdleTask extends Task {
    constructor(scheduler, id, rounds) {
        super(scheduler, id, 0, null);
        this.seed = 1;
        this.rounds = rounds;
    }

    run() {
        if (--this.rounds === 0) return this.scheduler.hold(this);
        const odd = (this.seed & 1) !== 0;
        this.seed = odd ? (this.seed >> 1) ^ 0xd008 : this.seed >> 1;
        return this.scheduler.release(odd ? DEVICE : DEVICE + 3);
    }
}

class WorkerTask extends Task {
    constructor(scheduler, id, queue) {
        super(scheduler, id, 1000, queue);
        this.target = HANDLER;
        this.letter = 0;
    }

    run(packet) {
        if (packet === null) return this.scheduler.suspend(this);
        this.target = this.target === HANDLER ? HANDLER + 1 : HANDLER;
        packet.id = this.target;
        packet.datum = 0;
        for (let i = 0; i < 4; i++) {
            this.letter = this.letter === 25 ? 0 : this.letter + 1;
            packet.data[i] = 65 + this.letter;
        }
        return this.scheduler.send(packet);
    }
}

class HandlerTask extends Task {
    constructor(scheduler, id, queue) {
        super(scheduler, id, 2000, queue);
        this.work = null;
        this.devices = null;
    }

    run(packet) {
        if (packet !== null) {
            if (packet.kind === WORKER) this.work = packet.appendTo(this.work);
            else this.devices = packet.appendTo(this.devices);
        }
        const work = this.work;
        if (work === null) return this.scheduler.suspend(this);
        if (work.datum >= 4) {
            this.work = work.link;
            work.id = WORKER;
            return this.scheduler.send(work);
        }
        const device = this.devices;
        if (device === null) return this.scheduler.suspend(this);
        this.devices = device.link;
        device.datum = work.data[work.datum++];
        device.id = this.id === HANDLER ? DEVICE : DEVICE + 3;
        return this.scheduler.send(device);
    }
}

class DeviceTask extends Task {
    constructor(scheduler, id, owner) {
        super(scheduler, id, 3000, null);
        this.owner = owner;
        this.pending = null;
    }

    run(packet) {
        if (packet === null) {
            const done = this.pending;
            if (done === null) return this.scheduler.suspend(this);
            this.pending = null;
            done.id = this.owner;
            return this.scheduler.send(done);
        }
        this.pending = packet;
        return this.scheduler.hold(this);
    }
}

class Scheduler {
    constructor() {
        this.tasks = new Array(6).fill(null);
        this.list = null;
        this.sent = 0;
        this.heldCount = 0;
    }

    add(task) {
        task.next = this.list;
        this.list = task;
        this.tasks[task.id] = task;
        task.waiting = false;
    }

    run() {
        let current = this.list;
        while (current !== null) {
            if (current.held || (current.waiting && current.queue === null)) {
                current = current.next;
            } else {
                current.waiting = false;
                current = current.step();
            }
        }
    }

    hold(task) {
        this.heldCount++;
        task.held = true;
        return task.next;
    }

    suspend(task) {
        task.waiting = true;
        return task.queue === null ? task.next : task;
    }

    release(id) {
        const task = this.tasks[id];
        task.held = false;
        return task.priority > 0 ? task : this.list;
    }

    send(packet) {
        const task = this.tasks[packet.id];
        this.sent++;
        task.queue = packet.appendTo(task.queue);
        return this.list;
    }
}

function simulate(rounds) {
    const scheduler = new Scheduler();
    scheduler.add(new IdleTask(scheduler, IDLE, rounds));
    scheduler.add(new WorkerTask(scheduler, WORKER, new Packet(new Packet(null, WORKER, WORKER), WORKER, WORKER)));
    for (const [handler, device] of [[HANDLER, DEVICE], [HANDLER + 1, DEVICE + 3]]) {
        let queue = null;
        for (let i = 0; i < 3; i++) queue = new Packet(queue, handler, DEVICE);
        scheduler.add(new HandlerTask(scheduler, handler, queue));
        scheduler.add(new DeviceTask(scheduler, device, handler));
    }
    scheduler.run();
    return [scheduler.sent, scheduler.heldCount];
}

let total = [];
for (let i = 0; i < 30; i++) total = simulate(10000);
console.log(total.join(' '));
