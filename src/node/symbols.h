// Symbols that Node's C++ and JavaScript share (source: env_properties.h of Node 20.19).
#ifndef NS_NODE_SYMBOLS_H
#define NS_NODE_SYMBOLS_H

#include "node/env.h"

// X(property of the binding, description)
#define NS_PRIVATE_SYMBOLS(X)                                                                      \
    X(arrow_message_private_symbol, "node:arrowMessage")                                           \
    X(contextify_context_private_symbol, "node:contextify:context")                                \
    X(decorated_private_symbol, "node:decorated")                                                  \
    X(host_defined_option_symbol, "node:host_defined_option_symbol")                               \
    X(module_source_private_symbol, "node:module_source")                                          \
    X(module_export_names_private_symbol, "node:module_export_names")                              \
    X(module_circular_visited_private_symbol, "node:module_circular_visited")                      \
    X(module_export_private_symbol, "node:module_export")                                          \
    X(module_parent_private_symbol, "node:module_parent")                                          \
    X(napi_type_tag, "node:napi:type_tag")                                                         \
    X(napi_wrapper, "node:napi:wrapper")                                                           \
    X(untransferable_object_private_symbol, "node:untransferableObject")                           \
    X(exit_info_private_symbol, "node:exit_info_private_symbol")                                   \
    X(promise_trace_id, "node:promise_trace_id")                                                   \
    X(require_private_symbol, "node:require_private_symbol")                                       \
    X(source_map_data_private_symbol, "node:source_map_data_private_symbol")

#define NS_SYMBOLS(X)                                                                              \
    X(fs_use_promises_symbol, "fs_use_promises_symbol")                                            \
    X(async_id_symbol, "async_id_symbol")                                                          \
    X(handle_onclose, "handle_onclose")                                                            \
    X(no_message_symbol, "no_message_symbol")                                                      \
    X(messaging_deserialize_symbol, "messaging_deserialize_symbol")                                \
    X(imported_cjs_symbol, "imported_cjs_symbol")                                                  \
    X(messaging_transfer_symbol, "messaging_transfer_symbol")                                      \
    X(messaging_clone_symbol, "messaging_clone_symbol")                                            \
    X(messaging_transfer_list_symbol, "messaging_transfer_list_symbol")                            \
    X(oninit, "oninit")                                                                            \
    X(owner_symbol, "owner_symbol")                                                                \
    X(onpskexchange, "onpskexchange")                                                              \
    X(resource_symbol, "resource_symbol")                                                          \
    X(trigger_async_id_symbol, "trigger_async_id_symbol")                                          \
    X(source_text_module_default_hdo, "source_text_module_default_hdo")                            \
    X(vm_context_no_contextify, "vm_context_no_contextify")                                        \
    X(vm_dynamic_import_default_internal, "vm_dynamic_import_default_internal")                    \
    X(vm_dynamic_import_main_context_default, "vm_dynamic_import_main_context_default")            \
    X(vm_dynamic_import_missing_flag, "vm_dynamic_import_missing_flag")                            \
    X(vm_dynamic_import_no_callback, "vm_dynamic_import_no_callback")

typedef enum ns_private_symbol {
#define X(name, text) NS_PRIV_##name,
    NS_PRIVATE_SYMBOLS(X)
#undef X
        NS_PRIVATE_SYMBOL_COUNT
} ns_private_symbol;

typedef enum ns_symbol {
#define X(name, text) NS_SYM_##name,
    NS_SYMBOLS(X)
#undef X
        NS_SYMBOL_COUNT
} ns_symbol;

int ns_symbols_init(ns_env *env); // 0, or -1 with an exception pending
void ns_symbols_free(ns_env *env);

// Borrowed; to set or get a property, use the atoms.
JSValueConst ns_env_private_symbol(ns_env *env, ns_private_symbol which);
JSValueConst ns_env_symbol(ns_env *env, ns_symbol which);
JSAtom ns_env_private_atom(ns_env *env, ns_private_symbol which);
JSAtom ns_env_symbol_atom(ns_env *env, ns_symbol which);

JSValue ns_env_new_symbol(JSContext *ctx, const char *description);

// Fill an object with all of them: internalBinding('util').privateSymbols,
// internalBinding('symbols').
int ns_symbols_fill_private(ns_env *env, JSValueConst target);
int ns_symbols_fill(ns_env *env, JSValueConst target);

#endif
