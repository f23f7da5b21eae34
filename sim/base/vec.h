/* SPDX-License-Identifier: MIT */
/* Growable array of one element type. */
#ifndef SIM_BASE_VEC_H
#define SIM_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/*
 *     struct { struct task *items; size_t count, capacity; } tasks = {0};   or VEC(struct task)
 *     if (!vec_push(&tasks, task)) ... no host memory, nothing changed
 *     vec_fini(&tasks);
 *
 * Elements move when the array grows: keep indices, not pointers.
 */
#define VEC(type)        \
    struct {             \
        type *items;     \
        size_t count;    \
        size_t capacity; \
    }

/*
 * Room for at least `needed` elements; false: no host memory or the size overflows, and nothing
 * changed. `items` is the address of the items pointer, whatever its type. Use vec_reserve().
 */
bool vec_grow(void *items, size_t *capacity, size_t element_size, size_t needed);

#define vec_reserve(vec, needed)    \
    ((needed) <= (vec)->capacity || \
     vec_grow(&(vec)->items, &(vec)->capacity, sizeof(*(vec)->items), (needed)))

#define vec_push(vec, element)                                                               \
    (vec_reserve((vec), (vec)->count + 1) ? ((vec)->items[(vec)->count++] = (element), true) \
                                          : false)

#define vec_fini(vec)                       \
    do {                                    \
        free((vec)->items);                 \
        (vec)->items = NULL;                \
        (vec)->count = (vec)->capacity = 0; \
    } while (0)

#endif
