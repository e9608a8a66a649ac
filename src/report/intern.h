// Ids for texts: equal texts get the same id, from 1 in order of first use.
#ifndef NS_REPORT_INTERN_H
#define NS_REPORT_INTERN_H

#include <stddef.h>
#include <stdint.h>

// A text that is not yet in the database.
typedef struct ns_intern_entry {
    int64_t id;
    uint64_t hash;
    char *text;
} ns_intern_entry;

// Zero-initialise, `last` being the highest id already in use. Memory is bounded: when too many
// texts are known, all are forgotten once they are in the database, and come back with new ids.
typedef struct ns_intern {
    int64_t last;
    ns_intern_entry *entries; // in order of id
    size_t count, capacity;
    size_t written;  // entries that the database has
    uint32_t *slots; // hash table of indexes into entries, plus one; 0: empty
    size_t slot_count;
} ns_intern;

int64_t ns_intern_id(ns_intern *intern, const char *text); // 0: out of memory
void ns_intern_written(ns_intern *intern);                 // the database has all entries
void ns_intern_free(ns_intern *intern);

#endif
