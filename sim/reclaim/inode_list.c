/* SPDX-License-Identifier: MIT */
/* Moving dirty files between the lists of their device. */
#include "reclaim/inode_list.h"

#include "base/list.h"
#include "reclaim/reclaim.h"

static struct inode_list *list_of(struct reclaim *reclaim, const struct address_space *mapping)
{
    return &reclaim->writeback.inodes[mapping->backing_dev][mapping->inode_list];
}

static void list_del(struct reclaim *reclaim, struct address_space *mapping)
{
    struct inode_list *list = list_of(reclaim, mapping);

    if (mapping->inode_list == INODE_LIST_NONE)
        return;
    list_unlink(list->first, list->last, mapping, next_inode, prev_inode);
    mapping->inode_list = INODE_LIST_NONE;
}

static void move_last(struct reclaim *reclaim, struct address_space *mapping,
                      enum inode_list_kind kind)
{
    struct inode_list *list;

    list_del(reclaim, mapping);
    mapping->inode_list = (uint8_t)kind;
    list = list_of(reclaim, mapping);
    list_append(list->first, list->last, mapping, next_inode, prev_inode);
}

static void move_first(struct reclaim *reclaim, struct address_space *mapping,
                       enum inode_list_kind kind)
{
    struct inode_list *list;

    list_del(reclaim, mapping);
    mapping->inode_list = (uint8_t)kind;
    list = list_of(reclaim, mapping);
    list_prepend(list->first, list->last, mapping, next_inode, prev_inode);
}

void mark_inode_dirty(struct reclaim *reclaim, struct address_space *mapping)
{
    if (mapping->inode_dirty)
        return;
    mapping->inode_dirty = true;
    if (mapping->being_written)
        return;
    mapping->dirtied_when_ns = reclaim->machine->clock->now_ns;
    move_last(reclaim, mapping, INODE_LIST_DIRTY);
}

void redirty_tail(struct reclaim *reclaim, struct address_space *mapping)
{
    const struct address_space *last =
        reclaim->writeback.inodes[mapping->backing_dev][INODE_LIST_DIRTY].last;

    if (last && mapping->dirtied_when_ns < last->dirtied_when_ns)
        mapping->dirtied_when_ns = reclaim->machine->clock->now_ns;
    move_last(reclaim, mapping, INODE_LIST_DIRTY);
}

void requeue_io(struct reclaim *reclaim, struct address_space *mapping)
{
    move_last(reclaim, mapping, INODE_LIST_MORE_IO);
}

void queue_io(struct reclaim *reclaim, uint32_t dev, uint64_t older_than_ns)
{
    struct inode_list *lists = reclaim->writeback.inodes[dev];

    while (lists[INODE_LIST_MORE_IO].last)
        move_first(reclaim, lists[INODE_LIST_MORE_IO].last, INODE_LIST_IO);
    while (lists[INODE_LIST_DIRTY].first &&
           lists[INODE_LIST_DIRTY].first->dirtied_when_ns <= older_than_ns)
        move_last(reclaim, lists[INODE_LIST_DIRTY].first, INODE_LIST_IO);
}

void inode_sync_begin(struct address_space *mapping)
{
    SIM_ASSERT(!mapping->being_written && mapping->inode_list != INODE_LIST_NONE);
    mapping->being_written = true;
    mapping->inode_dirty = false;
}

void inode_sync_end(struct reclaim *reclaim, struct address_space *mapping, bool for_kupdate)
{
    bool again = mapping->inode_dirty;

    mapping->being_written = false;
    mapping->inode_dirty = again || mapping->nr_dirty > 0;
    if (!mapping->inode_dirty)
        list_del(reclaim, mapping);
    else if (for_kupdate && !again)
        requeue_io(reclaim, mapping);
    else
        redirty_tail(reclaim, mapping);
}
