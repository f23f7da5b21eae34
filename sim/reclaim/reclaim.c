/* SPDX-License-Identifier: MIT */
/* Setting the layer up, and waking those who wait in it. */
#include "reclaim/reclaim.h"

#include <stdlib.h>

bool reclaim_init(struct reclaim *reclaim, struct machine *machine,
                  const struct reclaim_owner *owner, const struct rmap_ops *rmap,
                  struct sim_error *err)
{
    SIM_ASSERT(machine->ops_context == reclaim);
    *reclaim = (struct reclaim){.machine = machine, .owner = *owner, .rmap = *rmap};
    reclaim->lru_pvecs = calloc(machine->nr_cpus, sizeof(*reclaim->lru_pvecs));
    reclaim->kswapds = calloc(machine->nr_nodes, sizeof(*reclaim->kswapds));
    if (reclaim->lru_pvecs && reclaim->kswapds &&
        page_owner_table_init(&reclaim->page_owners, machine->frame_table.max_pfn) &&
        writeback_init(reclaim))
        return true;
    reclaim_fini(reclaim);
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for reclaim");
}

void reclaim_fini(struct reclaim *reclaim)
{
    for (uint32_t dev = 0; dev < reclaim->nr_devices; dev++)
        backing_dev_fini(&reclaim->devices[dev]);
    for (size_t i = 0; i < reclaim->mappings.count; i++)
        address_space_destroy(reclaim->mappings.items[i]);
    vec_fini(&reclaim->mappings);
    swap_fini(&reclaim->swap);
    writeback_fini(reclaim);
    page_owner_table_fini(&reclaim->page_owners);
    free(reclaim->lru_pvecs);
    free(reclaim->kswapds);
    *reclaim = (struct reclaim){0};
}

bool reclaim_add_device(struct reclaim *reclaim, const struct backing_dev_spec *spec,
                        uint32_t *ret_dev)
{
    if (reclaim->nr_devices == DEVICES_MAX ||
        !backing_dev_init(&reclaim->devices[reclaim->nr_devices], spec))
        return false;
    *ret_dev = reclaim->nr_devices++;
    return true;
}

void reclaim_timer(struct reclaim *reclaim, enum reclaim_timer timer, uint32_t arg)
{
    switch (timer) {
    case RECLAIM_TIMER_DEVICE:
        backing_dev_complete(reclaim, arg);
        break;
    case RECLAIM_TIMER_KUPDATE:
        writeback_timer(reclaim);
        break;
    }
}

void reclaim_wake_all(struct reclaim *reclaim, struct waitqueue *queue)
{
    while (queue->first) {
        struct task *task = queue->first;

        waitqueue_remove(task);
        reclaim->owner.wake(reclaim->owner.context, task);
    }
}

struct waitqueue *page_waitqueue(struct reclaim *reclaim, pfn_t page)
{
    return &reclaim->page_waiters[page.nr % PAGE_WAITQUEUES];
}
