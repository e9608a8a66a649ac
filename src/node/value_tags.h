// Tags of V8's wire format, shared by the two halves of it.
#ifndef NS_NODE_VALUE_TAGS_H
#define NS_NODE_VALUE_TAGS_H

#include "engine/engine.h"

#define NS_WIRE_VERSION 15

// What it takes to write a value, or to read it, beside what is in it.
static inline void ns_charge_value(JSContext *ctx, JSValueConst value)
{
    enum { OBJECT = 6, TEXT = 2 };
    ns_charge_work(ctx, NS_WORK_CLONE, JS_IsObject(value) ? OBJECT : JS_IsString(value) ? TEXT : 1);
}

enum {
    TAG_VERSION = 0xff,
    TAG_PADDING = '\0',
    TAG_VERIFY_COUNT = '?',
    TAG_HOLE = '-',
    TAG_UNDEFINED = '_',
    TAG_NULL = '0',
    TAG_TRUE = 'T',
    TAG_FALSE = 'F',
    TAG_INT32 = 'I',
    TAG_UINT32 = 'U',
    TAG_DOUBLE = 'N',
    TAG_BIGINT = 'Z',
    TAG_UTF8_STRING = 'S',
    TAG_ONE_BYTE_STRING = '"',
    TAG_TWO_BYTE_STRING = 'c',
    TAG_REFERENCE = '^',
    TAG_OBJECT = 'o',
    TAG_END_OBJECT = '{',
    TAG_SPARSE_ARRAY = 'a',
    TAG_END_SPARSE_ARRAY = '@',
    TAG_DENSE_ARRAY = 'A',
    TAG_END_DENSE_ARRAY = '$',
    TAG_DATE = 'D',
    TAG_TRUE_OBJECT = 'y',
    TAG_FALSE_OBJECT = 'x',
    TAG_NUMBER_OBJECT = 'n',
    TAG_BIGINT_OBJECT = 'z',
    TAG_STRING_OBJECT = 's',
    TAG_REGEXP = 'R',
    TAG_MAP = ';',
    TAG_END_MAP = ':',
    TAG_SET = '\'',
    TAG_END_SET = ',',
    TAG_ARRAY_BUFFER = 'B',
    TAG_ARRAY_BUFFER_TRANSFER = 't',
    TAG_ARRAY_BUFFER_VIEW = 'V',
    TAG_SHARED_ARRAY_BUFFER = 'u',
    TAG_HOST_OBJECT = '\\',
    TAG_ERROR = 'r'
};

// Inside an error.
enum {
    ERROR_EVAL = 'E',
    ERROR_RANGE = 'R',
    ERROR_REFERENCE = 'F',
    ERROR_SYNTAX = 'S',
    ERROR_TYPE = 'T',
    ERROR_URI = 'U',
    ERROR_MESSAGE = 'm',
    ERROR_CAUSE = 'c',
    ERROR_STACK = 's',
    ERROR_END = '.'
};

// Tags of views, in the order of JSTypedArrayEnum; a DataView's is apart.
#define NS_VIEW_TAGS "CbBwWdDqQfF"
#define NS_DATA_VIEW_TAG '?'

// Flags of a RegExp, in the order of their bits from the lowest. "l" is V8's own.
#define NS_REGEXP_FLAGS "gimyusldv"

#endif
