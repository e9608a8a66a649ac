// JavaScript on one thread alone, with a wait in between: the profile's times are the run's.
function spin(n) { let s = 0; for (let i = 0; i < n; i++) s = (s + i) % 1000; return s; }
spin(3e6);
setTimeout(() => spin(1e6), 20);
