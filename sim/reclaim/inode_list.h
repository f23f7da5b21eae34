/* SPDX-License-Identifier: MIT */
/* The files that have something to be written, in the order in which it will be. */
#ifndef SIM_RECLAIM_INODE_LIST_H
#define SIM_RECLAIM_INODE_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct address_space;
struct reclaim;

/*
 * DIRTY: in the order of dirtied_when_ns; IO: what passes are to write now, or have not come to;
 * MORE_IO: what the periodic pass has left for its next turn.
 * Kernel: include/linux/fs.h struct super_block: s_dirty, s_io, s_more_io [2.6.24]
 */
enum inode_list_kind {
    INODE_LIST_NONE,
    INODE_LIST_DIRTY,
    INODE_LIST_IO,
    INODE_LIST_MORE_IO,
    NR_INODE_LISTS
};

/* Of one device, which is one file system; linked by next_inode. */
struct inode_list {
    struct address_space *first; /* comes first */
    struct address_space *last;
};

/*
 * A page of the file became dirty: it joins DIRTY if it was clean and nobody writes it; who writes
 * it will see. Kernel: fs/fs-writeback.c __mark_inode_dirty() [2.6.24]
 */
void mark_inode_dirty(struct reclaim *reclaim, struct address_space *mapping);

/* The last of DIRTY, younger if need be. Kernel: fs/fs-writeback.c redirty_tail() [2.6.24] */
void redirty_tail(struct reclaim *reclaim, struct address_space *mapping);

/* The last of MORE_IO. Kernel: fs/fs-writeback.c requeue_io() [2.6.24] */
void requeue_io(struct reclaim *reclaim, struct address_space *mapping);

/* The device's IO becomes MORE_IO, IO, and those of DIRTY that are not younger than older_than_ns.
 * Kernel: fs/fs-writeback.c queue_io() [2.6.24] */
void queue_io(struct reclaim *reclaim, uint32_t dev, uint64_t older_than_ns);

/*
 * Around the writing of a file's pages by one task at a time: what is dirty afterwards, or became
 * so again, goes to DIRTY (left by kupdate: to MORE_IO), a clean file to none.
 * Kernel: fs/fs-writeback.c __sync_single_inode() [2.6.24]
 */
void inode_sync_begin(struct address_space *mapping);
void inode_sync_end(struct reclaim *reclaim, struct address_space *mapping, bool for_kupdate);

#endif
