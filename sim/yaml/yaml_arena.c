/* SPDX-License-Identifier: MIT */
/* Memory of a document tree: a list of blocks, the newest of which is being filled. */
#include "yaml/yaml_arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum {
    FIRST_BLOCK_BYTES = 4 << 10,
    LARGEST_DOUBLED_BYTES = 1 << 20, /* later blocks are this large, or as large as one piece */
};

struct yaml_arena_block {
    struct yaml_arena_block *older;
    size_t capacity;
    max_align_t bytes[];
};

static void free_blocks(struct yaml_arena_block *block)
{
    while (block) {
        struct yaml_arena_block *older = block->older;

        free(block);
        block = older;
    }
}

void yaml_arena_fini(struct yaml_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->newest);
    *arena = (struct yaml_arena){0};
}

static bool add_block(struct yaml_arena *arena, size_t needed)
{
    size_t capacity = FIRST_BLOCK_BYTES;
    struct yaml_arena_block *block;

    if (arena->newest && arena->newest->capacity < LARGEST_DOUBLED_BYTES)
        capacity = arena->newest->capacity * 2;
    else if (arena->newest)
        capacity = LARGEST_DOUBLED_BYTES;
    if (capacity < needed)
        capacity = needed;
    block = malloc(sizeof(*block) + capacity);
    if (!block)
        return false;
    block->older = arena->newest;
    block->capacity = capacity;
    arena->newest = block;
    arena->used = 0;
    return true;
}

void *yaml_arena_alloc(struct yaml_arena *arena, size_t size)
{
    char *piece;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    if (SIM_UNLIKELY(!arena->newest || arena->newest->capacity - arena->used < size)) {
        if (!add_block(arena, size))
            return NULL;
    }
    piece = (char *)arena->newest->bytes + arena->used;
    arena->used += size;
    return piece;
}

char *yaml_arena_copy(struct yaml_arena *arena, const char *bytes, size_t length)
{
    char *copy = yaml_arena_alloc(arena, length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

void yaml_arena_rewind(struct yaml_arena *arena)
{
    if (!arena->newest)
        return;
    free_blocks(arena->newest->older);
    arena->newest->older = NULL;
#if MMSIM_CHECKS >= MMSIM_CHECKS_FULL
    /* Whoever keeps a piece too long shall notice. */
    memset(arena->newest->bytes, 0xdb, arena->used);
#endif
    arena->used = 0;
}
