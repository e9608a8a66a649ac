// Programs of tests/engine/golden, whose output in the real node is kept beside them.
#include "golden.h"

static void check(const char *name)
{
    ns_engine *engine = golden_engine();
    golden_load(ns_engine_context(engine), name);
    ns_engine_free(engine);
    golden_check(name);
}

Test(golden, frames)
{
    check("frames");
}

Test(golden, stack_api)
{
    check("stack_api");
}

Test(golden, async)
{
    check("async");
}

Test(golden, positions)
{
    check("positions");
}

Test(golden, syntax)
{
    check("syntax");
}

Test(golden, names)
{
    check("names");
}
