// The state of internalBinding('messaging'), shared by its files.
#ifndef NS_NODE_MESSAGING_H
#define NS_NODE_MESSAGING_H

#include "node/message.h"

typedef struct ns_messaging {
    JSValue create_object;        // of setDeserializerCreateObjectFunction
    JSValue port_constructor;     // MessagePort
    JSValue emit_message;         // of lib/internal/per_context/messageport.js
    struct ns_port_group *groups; // named ones: broadcast channels
} ns_messaging;

JSValue ns_new_js_transferable_class(ns_env *env); // js_transferable.c

// message_port.c
JSValue ns_new_port_class(ns_env *env);
int ns_ports_set(JSContext *ctx, JSValueConst target);            // functions of the binding
JSValue ns_new_message_channel(ns_env *env, JSValueConst object); // sets port1 and port2
void ns_ports_free(ns_env *env);                                  // before the engine goes

#endif
