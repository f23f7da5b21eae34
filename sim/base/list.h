/* SPDX-License-Identifier: MIT */
/* Doubly linked lists that run through members of their elements. */
#ifndef SIM_BASE_LIST_H
#define SIM_BASE_LIST_H

#include <stddef.h>

/*
 *     list_append(queue->first, queue->last, task, next_waiting, prev_waiting);
 *
 * `first` and `last` are the ends (lvalues, both NULL when empty), `next` and `prev` the names of
 * the element's two links, so that an element can be in several lists and keeps its type. All are
 * O(1); nothing is allocated. The element is evaluated several times.
 */
#define list_append(first, last, element, next, prev) \
    do {                                              \
        (element)->prev = (last);                     \
        (element)->next = NULL;                       \
        if (last)                                     \
            (last)->next = (element);                 \
        else                                          \
            (first) = (element);                      \
        (last) = (element);                           \
    } while (0)

#define list_prepend(first, last, element, next, prev) list_append(last, first, element, prev, next)

/* The element must be in the list; its links are NULL then. */
#define list_unlink(first, last, element, next, prev) \
    do {                                              \
        if ((element)->prev)                          \
            (element)->prev->next = (element)->next;  \
        else                                          \
            (first) = (element)->next;                \
        if ((element)->next)                          \
            (element)->next->prev = (element)->prev;  \
        else                                          \
            (last) = (element)->prev;                 \
        (element)->next = (element)->prev = NULL;     \
    } while (0)

#endif
