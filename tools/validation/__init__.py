"""How far nsim is from the real node: decisions of the optimizing compiler, collections, CPU time."""
