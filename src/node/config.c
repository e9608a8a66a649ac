// internalBinding('config'): how this Node was built (source: src/node_config.cc). As in a build
// without ICU, without the inspector and without trace events.
#include "node/env.h"

NS_BINDING(config)
{
    static const struct {
        const char *name;
        bool value;
    } flags[] = {
        {"isDebugBuild", false}, {"hasOpenSSL", true},        {"fipsMode", true},
        {"hasIntl", false},      {"hasTracing", false},       {"hasNodeOptions", true},
        {"hasInspector", false}, {"noBrowserGlobals", false},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (JS_DefinePropertyValueStr(ctx, target, flags[i].name, JS_NewBool(ctx, flags[i].value),
                                      JS_PROP_ENUMERABLE) < 0)
            return -1;
    return JS_DefinePropertyValueStr(ctx, target, "bits", JS_NewInt32(ctx, 64),
                                     JS_PROP_ENUMERABLE) < 0
               ? -1
               : 0;
}
