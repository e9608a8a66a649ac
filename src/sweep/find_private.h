// What the files of sweep/find.h share.
#ifndef NS_SWEEP_FIND_PRIVATE_H
#define NS_SWEEP_FIND_PRIVATE_H

#include "sweep/find.h"
#include "workload/units.h"

extern const char find_form[]; // for messages

typedef struct find_word { // a piece of the expression
    const char *at;
    size_t length;
} find_word;

typedef struct find_parser {
    ns_find *find;
    const char *text, *at; // `at`: what is not read yet
    const char *const *classes;
    ns_err *err;
} find_parser;

// NS_EINVAL: the message, the expression, and a mark below the word.
int find_fail_at(const find_parser *p, find_word w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int find_no_memory(const find_parser *p);

void find_skip_space(find_parser *p);
// Up to a space or an operator; what stands in double quotes belongs to it.
find_word find_next_word(find_parser *p);
bool find_is(find_word w, const char *text);
// Step over the next word if it is this one.
bool find_take(find_parser *p, const char *text);
char *find_keep(find_parser *p, find_word w); // in the arena; NULL: out of memory
// The next word has to be this one; `before` ends the message.
int find_expect(find_parser *p, const char *text, const char *before);

// A number, or a number and its unit with or without a space between; up to `stop` or a space.
find_word find_next_quantity(find_parser *p, const char *stop);
bool find_read_number(const char *text, const char *suffix, double *out);
// A time or a size, in ns or bytes.
int find_read_unit(const find_parser *p, find_word w, const char *text, ns_unit_kind kind,
                   double *out);
// A quantity in the unit of a metric.
int find_read_bound(const find_parser *p, find_word w, const char *text, ns_metric_unit unit,
                    double *out);

#endif
