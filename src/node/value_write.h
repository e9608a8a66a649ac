// The parts of a writer of values, for its own files (value_writer.c, value_write_*.c).
// Functions with a status return 0, or -1 with an exception pending.
#ifndef NS_NODE_VALUE_WRITE_H
#define NS_NODE_VALUE_WRITE_H

#include "node/string_bytes.h"
#include "node/value_serializer.h"

// -- Scalars: with their tags, but for bytes and varints ------------------------------------------

void ns_put_byte(ns_writer *w, int byte);
void ns_put_varint(ns_writer *w, uint64_t value);
void ns_put_int32(ns_writer *w, int32_t value);
void ns_put_double(ns_writer *w, double value);
int ns_put_number(ns_writer *w, JSValueConst value);
// Of text that is at hand; of a JSString; of what a value, taken over, is as a string.
void ns_put_str(ns_writer *w, const ns_str *s);
int ns_put_string(ns_writer *w, JSValueConst string);
int ns_put_text(ns_writer *w, JSValue value);
// Without a tag, as objects around one have theirs.
int ns_put_bigint(ns_writer *w, JSValueConst value);

// -- Errors ---------------------------------------------------------------------------------------

// Takes the message over; an exception stays the one that is pending.
void ns_throw_clone_error(ns_writer *w, JSValue message);
// "... could not be cloned."; -1.
int ns_refuse_value(ns_writer *w, JSValueConst value);

// -- Objects with a kind of their own (`kinds`: ns_value_kinds) -----------------------------------

int ns_put_collection(ns_writer *w, JSValueConst object, int begin, int end);
int ns_put_double_of(ns_writer *w, JSValueConst object, int tag, const char *getter);
int ns_put_boxed(ns_writer *w, JSValueConst object, uint32_t kinds);
int ns_put_regexp(ns_writer *w, JSValueConst object);
int ns_put_error(ns_writer *w, JSValueConst object);
int ns_put_array_buffer(ns_writer *w, JSValueConst object, uint32_t kinds);
// The ArrayBuffer below a view.
JSValue ns_view_buffer(ns_writer *w, JSValueConst view, bool data_view);
int ns_put_view(ns_writer *w, JSValueConst view, bool data_view);

#endif
