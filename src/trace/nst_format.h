// What the writer and the reader of traces share.
#ifndef NS_TRACE_NST_FORMAT_H
#define NS_TRACE_NST_FORMAT_H

#include "trace/nst.h"

// magic, version (4 bytes), length of the body (8), XXH64 of the body (8); numbers little-endian
enum { NS_NST_MAGIC = 8, NS_NST_HEADER = 28 };
extern const char ns_nst_magic[NS_NST_MAGIC];

#endif
