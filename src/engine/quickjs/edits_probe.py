"""Probes: executed bytecodes, feedback slots, work of builtins, allocations. See tools/patch-quickjs."""

EDITS = []
