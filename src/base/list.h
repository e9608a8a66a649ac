// A circular doubly linked list that is embedded in what it links: no allocation, removal in O(1)
// from whichever list a node is in.
#ifndef NS_BASE_LIST_H
#define NS_BASE_LIST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

// A list head, or a node. A zero-initialised node is in no list; a head needs ns_list_init.
typedef struct ns_list ns_list;
struct ns_list {
    ns_list *next, *prev;
};

// The struct of `type` whose field `member` is the node.
#define ns_list_entry(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

static inline void ns_list_init(ns_list *list)
{
    list->next = list->prev = list;
}

static inline bool ns_list_empty(const ns_list *list)
{
    return list->next == list;
}

static inline bool ns_list_linked(const ns_list *node)
{
    return node->next != NULL;
}

static inline void ns_list_insert_before(ns_list *place, ns_list *node)
{
    assert(!ns_list_linked(node));
    node->prev = place->prev;
    node->next = place;
    place->prev->next = node;
    place->prev = node;
}

static inline void ns_list_push_back(ns_list *list, ns_list *node)
{
    ns_list_insert_before(list, node);
}

static inline void ns_list_push_front(ns_list *list, ns_list *node)
{
    ns_list_insert_before(list->next, node);
}

static inline void ns_list_remove(ns_list *node)
{
    assert(ns_list_linked(node));
    node->next->prev = node->prev;
    node->prev->next = node->next;
    node->next = node->prev = NULL;
}

// Take off the first node; NULL when there is none.
static inline ns_list *ns_list_pop(ns_list *list)
{
    if (ns_list_empty(list))
        return NULL;
    ns_list *node = list->next;
    ns_list_remove(node);
    return node;
}

// Move all nodes of `from` to `to`, which need not be initialised. `from` is empty afterwards.
static inline void ns_list_move(ns_list *from, ns_list *to)
{
    if (ns_list_empty(from)) {
        ns_list_init(to);
        return;
    }
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
    ns_list_init(from);
}

#endif
