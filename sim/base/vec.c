/* SPDX-License-Identifier: MIT */
/* Growable array of one element type. */
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

enum { CAPACITY_MIN = 8 };

bool vec_grow(void *items, size_t *capacity, size_t element_size, size_t needed)
{
    size_t grown = *capacity <= SIZE_MAX / 2 ? *capacity * 2 : SIZE_MAX;
    void *memory;

    if (needed <= *capacity)
        return true;
    if (grown < CAPACITY_MIN)
        grown = CAPACITY_MIN;
    if (grown < needed)
        grown = needed;
    if (grown > SIZE_MAX / element_size)
        return false;
    /* Copied, not dereferenced: a `struct task *` may not be accessed as a `void *`. */
    memcpy(&memory, items, sizeof(memory));
    memory = realloc(memory, grown * element_size);
    if (!memory)
        return false;
    memcpy(items, &memory, sizeof(memory));
    *capacity = grown;
    return true;
}
