// Messages: a value as bytes, with what was transferred or must be cloned by its own code (source:
// node::worker::Message, src/node_messaging.cc). All ports are of one thread here.
#ifndef NS_NODE_MESSAGE_H
#define NS_NODE_MESSAGE_H

#include "node/value_serializer.h"

typedef enum ns_transfer_mode { // BaseObject::TransferMode
    NS_UNTRANSFERABLE,
    NS_TRANSFERABLE,
    NS_CLONEABLE
} ns_transfer_mode;

// What travels in place of a wrapped object: node::worker::TransferData. Embed it first.
typedef struct ns_transfer_data ns_transfer_data;
struct ns_transfer_data {
    // The object on the other side. May be called once; the data is freed after.
    JSValue (*deserialize)(ns_env *env, ns_transfer_data *data);
    // Write more behind the message's value; NULL: nothing. 0, or -1 with an exception pending.
    int (*finish_write)(ns_env *env, ns_transfer_data *data, ns_writer *writer);
    void (*free)(ns_env *env, ns_transfer_data *data);
};

// How a wrap takes part in messages. NULL with an exception pending, or without one, when it
// cannot.
typedef struct ns_transfer_ops {
    ns_transfer_mode (*mode)(ns_wrap *wrap);
    ns_transfer_data *(*transfer)(ns_wrap *wrap); // may be NULL
    ns_transfer_data *(*clone)(ns_wrap *wrap);    // may be NULL
    // An array of further objects to transfer, undefined for none; may be NULL.
    JSValue (*nested)(ns_wrap *wrap);
    // Read what finish_write wrote; may be NULL.
    int (*finish_read)(ns_wrap *wrap, ns_reader *reader);
} ns_transfer_ops;

typedef struct ns_message {
    int references;
    bool close; // the port's other end is gone; nothing else is set
    uint8_t *data;
    size_t size;
    JSValue *buffers; // ArrayBuffers that were transferred
    uint32_t buffer_count;
    JSValue *shared; // SharedArrayBuffers
    uint32_t shared_count;
    ns_transfer_data **transfers; // each NULL once it was received
    uint32_t transfer_count;
} ns_message;

// Values of a transfer list.
typedef struct ns_transfer_list {
    JSValue *values;
    uint32_t count;
} ns_transfer_list;

// Reads an iterable, or an object with one under "transfer"; undefined and null are empty lists.
// False with an exception pending.
bool ns_transfer_list_of(JSContext *ctx, JSValueConst value, ns_transfer_list *out);
void ns_transfer_list_free(JSContext *ctx, ns_transfer_list *list);

// NULL with an exception pending. `source` is the port that posts, or undefined.
ns_message *ns_message_new(ns_env *env, JSValueConst value, const ns_transfer_list *list,
                           JSValueConst source);
ns_message *ns_message_new_close(void); // NULL when memory is short
void ns_message_release(ns_env *env, ns_message *message);
// The value; *ports, unless NULL, gets an array of the ports among what was transferred, undefined
// when nothing was.
JSValue ns_message_read(ns_env *env, ns_message *message, JSValue *ports);

// Whether a value is a MessagePort, and whether that one is closed or was transferred
// (message_port.c).
bool ns_is_message_port(ns_env *env, JSValueConst value, bool *detached);
// Throw a DataCloneError.
void ns_throw_data_clone(ns_env *env, const char *message);

extern const ns_transfer_ops ns_js_transferable_ops; // js_transferable.c

#endif
