// The parts of a reader of values, for its own files (value_reader.c, value_read_*.c).
// A value may be JS_EXCEPTION: without a pending exception where the bytes are ill-formed.
#ifndef NS_NODE_VALUE_READ_H
#define NS_NODE_VALUE_READ_H

#include "node/value_serializer.h"

// -- Scalars --------------------------------------------------------------------------------------

// An exception without one that is pending.
JSValue ns_malformed(void);
// The next tag that is no padding, -1 at the end.
int ns_peek_tag(ns_reader *r);
int ns_get_tag(ns_reader *r);
JSValue ns_get_double(ns_reader *r);
JSValue ns_get_string(ns_reader *r);
JSValue ns_get_bigint(ns_reader *r);

// -- All values -----------------------------------------------------------------------------------

// An id for the object that is being read, before its parts have theirs; -1 with an exception.
int64_t ns_reader_new_id(ns_reader *r);
// The object, which has its id now. Taken over when id is -1.
JSValue ns_reader_with_id(ns_reader *r, int64_t id, JSValue object);
// The object, or an exception in its place.
JSValue ns_reader_finish(ns_reader *r, JSValue object, bool ok);
JSValue ns_get_value(ns_reader *r);

// -- Objects with a kind of their own, behind their tags ------------------------------------------

JSValue ns_get_collection(ns_reader *r, bool map);
// An object around a primitive value, which is taken over.
JSValue ns_get_boxed(ns_reader *r, int64_t id, JSValue primitive);
JSValue ns_get_date(ns_reader *r);
JSValue ns_get_regexp(ns_reader *r);
JSValue ns_get_error(ns_reader *r);
JSValue ns_get_view(ns_reader *r, JSValueConst buffer);
JSValue ns_get_array_buffer(ns_reader *r);
JSValue ns_get_transferred(ns_reader *r);
JSValue ns_get_shared(ns_reader *r);

#endif
