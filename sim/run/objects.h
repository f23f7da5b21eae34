/* SPDX-License-Identifier: MIT */
/* Blocks of a run: what the ids of traces and scripts stand for. */
#ifndef SIM_RUN_OBJECTS_H
#define SIM_RUN_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "base/vec.h"
#include "mm/frame.h"
#include "mm/machine_spec.h"

/*
 * A block exists from the record or step that allocates it to the last one that means it. Its id
 * is settled when a record arrives, in the order of the source; what then happens to the block may
 * come later and in another order, because tasks are late. So a record carries the block's index
 * and the block counts who still means it.
 *
 * Freed ids are not remembered. An unknown id that is not above the highest one allocated in its
 * source counts as freed before: exact for sources that number their blocks upwards, as importers
 * do; literal events are checked by their reader.
 *
 * Invariants (objects_check): blocks_live and pages_live are the blocks in state HELD and the pages
 * of them not given back; a block without references is HELD or on the spare list.
 */

#define BLOCK_NONE UINT32_MAX

enum block_state {
    BLOCK_PENDING, /* its allocation has not come to its result */
    BLOCK_HELD,
    BLOCK_FAILED,
    BLOCK_FREED,
    BLOCK_DEAD,   /* went with its task, or was never asked for because the task was dead */
    BLOCK_CACHED, /* its page is the page cache's (run/captured.h) */
};

/* What a block is. */
enum block_kind {
    BLOCK_PAGES,
    BLOCK_OBJECT, /* of kmalloc() or kmem_cache_alloc() */
    BLOCK_AREA,   /* of vmalloc(); `page` is the number of the area */
};

enum {
    BLOCK_USER = 1 << 0,     /* goes with its task, as the address space does */
    BLOCK_COMPOUND = 1 << 1, /* cannot be split */
    BLOCK_SPLIT = 1 << 2,    /* single pages */
    /* asked for while PENDING, done as soon as the block is there */
    BLOCK_WANTS_SPLIT = 1 << 3,
    BLOCK_WANTS_FREE = 1 << 4,
    BLOCK_WANTS_DROP = 1 << 5,
    BLOCK_CAPTURED = 1 << 6, /* a page of the captured kernel's reclaim: to be cached */
};

/* A free without an order of its own. */
enum { CLAIM_NONE = UINT8_MAX };

struct block {
    pfn_t page;      /* HELD: the first page; CACHED: index there; else the next spare block */
    uint32_t owner;  /* the task that allocates it */
    uint32_t refs;   /* id in force, queued records, script lists */
    uint32_t pieces; /* index of its map of pages given back, BLOCK_NONE = none are */
    union {
        uint16_t parts_named;  /* PAGES: how many arrived records give back in parts */
        uint16_t object_index; /* OBJECT, HELD: slab_object.index */
    };
    uint16_t gets;       /* PAGES: references to its pages beside the first */
    uint16_t gets_named; /* ... that arrived records have taken and not dropped */
    uint8_t order;
    uint8_t state;      /* enum block_state */
    uint8_t flags;      /* BLOCK_* */
    uint8_t free_op;    /* enum trace_op, with BLOCK_WANTS_FREE */
    uint8_t free_claim; /* the order that it claims, or CLAIM_NONE */
    uint8_t kind;       /* enum block_kind */
};

/* Pages that the block was got as; objects are parts of pages that others hold. */
static inline uint64_t block_pages(const struct block *block)
{
    return block->kind == BLOCK_PAGES ? UINT64_C(1) << block->order : 0;
}

/* Which pages of a block are back; bit i of the words is page i. */
struct piece_map {
    uint64_t back[MAX_ORDER_NR_PAGES / 64];
    uint32_t nr_back;
    uint32_t next_spare;
};

/* The ids of one source. */
struct id_space {
    struct hashmap blocks; /* id -> block */
    uint64_t highest_id;
    bool any;
};

struct objects {
    VEC(struct block) blocks;
    uint32_t spare_block; /* BLOCK_NONE = none */
    VEC(struct piece_map) pieces;
    uint32_t spare_pieces;
    struct id_space *spaces; /* [nr_spaces] */
    size_t nr_spaces;
    uint64_t blocks_live;
    uint64_t pages_live;
};

/* False: no host memory, nothing is held. */
bool objects_init(struct objects *objects, size_t nr_spaces);
void objects_fini(struct objects *objects);

/* A PENDING block with one reference, the caller's; BLOCK_NONE: no host memory. */
uint32_t objects_new(struct objects *objects, uint32_t owner, unsigned order, unsigned flags,
                     enum block_kind kind);

/* Lets go of a reference. */
void objects_put(struct objects *objects, uint32_t block);

/* The block is there: HELD from now on. */
void objects_hold(struct objects *objects, uint32_t block, pfn_t page);

/* `nr_pages` of a HELD block are back; the block is FREED (or `state`) when `last`. */
void objects_release(struct objects *objects, uint32_t block, uint64_t nr_pages, bool last,
                     enum block_state state);

/*
 * The block's map of pages given back, made when it has none; NULL: no host memory. Valid until
 * the next call.
 */
struct piece_map *objects_pieces(struct objects *objects, uint32_t block);

/*
 * Marks [first, first + nr) as back and returns how many were not yet; `first + nr` must be within
 * the map.
 */
uint32_t piece_map_mark(struct piece_map *map, uint32_t first, uint32_t nr);

static inline bool piece_map_is_back(const struct piece_map *map, uint32_t page)
{
    return map->back[page / 64] >> page % 64 & 1;
}

/* What a source means by an id. */
enum id_meaning {
    ID_BLOCK,   /* *ret_block */
    ID_UNKNOWN, /* never allocated */
    ID_FREED,   /* freed before */
};

enum id_meaning objects_find(const struct objects *objects, size_t space, uint64_t id,
                             uint32_t *ret_block);

/* The id means the block from now on. False: no host memory. */
bool objects_name(struct objects *objects, size_t space, uint64_t id, uint32_t block);

/* The id means nothing any more; its reference becomes the caller's. */
void objects_unname(struct objects *objects, size_t space, uint64_t id);

bool objects_check(const struct objects *objects);

#endif
