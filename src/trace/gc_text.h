// A garbage collection as `node --trace-gc` prints it (source: GCTracer::Print).
#ifndef NS_TRACE_GC_TEXT_H
#define NS_TRACE_GC_TEXT_H

#include "base/buf.h"
#include "trace/record.h"

// One line, with its newline. The isolate's address is always the same.
void ns_gc_text(ns_buf *out, const ns_rec_gc_event *event);

#endif
