/* SPDX-License-Identifier: MIT */
/* Emptying page caches and slab caches on demand. */
#include "user/drop_caches.h"

#include "reclaim/truncate.h"
#include "user/user_memory.h"

uint64_t drop_pagecache(struct user_memory *user, unsigned cpu)
{
    uint64_t dropped = 0;

    for (uint32_t i = 0; i < user->nr_files; i++)
        dropped += invalidate_mapping_pages(user->reclaim, user->files[i].mapping, cpu);
    for (size_t i = 0; i < user->shmem_files.count; i++)
        dropped +=
            invalidate_mapping_pages(user->reclaim, user->shmem_files.items[i]->mapping, cpu);
    return dropped;
}

void drop_slab(struct user_memory *user, struct task *task)
{
    while (shrink_slab(user->reclaim, task, 1000, GFP_KERNEL, 1000) > 10)
        continue;
}
