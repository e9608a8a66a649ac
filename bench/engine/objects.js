// An object-oriented program in the manner of an operating system's scheduler: tasks of several classes
// take packets from queues and pass them on.
class Packet {
  constructor(next, to, kind) { this.next = next; this.to = to; this.kind = kind; this.data = [0, 0, 0, 0]; this.at = 0; }
}
class Task {
  constructor(id, priority) { this.id = id; this.priority = priority; this.queue = null; this.waiting = false; this.runs = 0; }
  receive(p) { p.next = null; if (!this.queue) { this.queue = p; return; } let q = this.queue; while (q.next) q = q.next; q.next = p; }
  take() { const p = this.queue; if (p) { this.queue = p.next; p.next = null; } return p; }
  ready() { return this.queue !== null; }
}
class Worker extends Task {
  constructor(id, targets) { super(id, 100); this.targets = targets; this.turn = 0; this.letter = 0; }
  run(s) {
    const p = this.take();
    p.to = this.targets[this.turn = 1 - this.turn];
    for (let i = 0; i < p.data.length; i++) { this.letter = (this.letter % 26) + 1; p.data[i] = 64 + this.letter; }
    s.send(p);
  }
}
class Device extends Task {
  constructor(id, back) { super(id, 200); this.back = back; }
  run(s) { const p = this.take(); p.at++; p.to = this.back; s.send(p); s.handled += p.data[p.at & 3]; }
}
class Scheduler {
  constructor() { this.tasks = []; this.sent = 0; this.handled = 0; }
  add(t) { this.tasks[t.id] = t; return t; }
  send(p) { this.sent++; this.tasks[p.to].receive(p); }
  loop(limit) {
    while (this.sent < limit) {
      let best = null;
      for (const t of this.tasks) if (t.ready() && (!best || t.priority > best.priority || t.runs < best.runs)) best = t;
      best.runs++;
      best.run(this);
    }
    return this.handled;
  }
}
function main() {
  const s = new Scheduler();
  s.add(new Worker(0, [1, 2])); s.add(new Device(1, 0)); s.add(new Device(2, 3)); s.add(new Worker(3, [2, 1]));
  for (let i = 0; i < 8; i++) s.send(new Packet(null, i & 3, i & 1));
  return s.loop(60000);
}
