"""What Node needs of its engine: compilation, promises, modules, reflection. See tools/patch-quickjs."""

EDITS = []
