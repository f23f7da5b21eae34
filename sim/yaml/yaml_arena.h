/* SPDX-License-Identifier: MIT */
/* Memory of a document tree: many small pieces, freed all at once. */
#ifndef SIM_YAML_YAML_ARENA_H
#define SIM_YAML_YAML_ARENA_H

#include <stddef.h>

/*
 * `struct yaml_arena arena = {0};` is empty. Pieces are aligned for pointers and stay where they
 * are until the arena is rewound or ended. Blocks double in size, so the number of calls of
 * malloc() grows with the logarithm of the contents.
 */
struct yaml_arena_block;

struct yaml_arena {
    struct yaml_arena_block *newest; /* the block that is being filled; links to the older ones */
    size_t used;                     /* bytes of the newest block */
};

void yaml_arena_fini(struct yaml_arena *arena);

/* `size` bytes, not cleared; NULL: no host memory, the arena is as it was. */
void *yaml_arena_alloc(struct yaml_arena *arena, size_t size);

/* Copies `length` bytes and adds a NUL. NULL: no host memory. */
char *yaml_arena_copy(struct yaml_arena *arena, const char *bytes, size_t length);

/* Forgets every piece and keeps the newest block, the largest, for the next ones. */
void yaml_arena_rewind(struct yaml_arena *arena);

#endif
