/* SPDX-License-Identifier: MIT */
/* The names of stalls. */
#include "mm/stall.h"

#include <assert.h>

#include "base/check.h"

const char *stall_name(enum stall stall)
{
    static const char *const names[] = {
        [STALL_RESCHED] = "resched",
        [STALL_DIRECT_RECLAIM] = "direct_reclaim",
        [STALL_CONGESTION_WAIT] = "congestion_wait",
        [STALL_OOM] = "oom",
        [STALL_THROTTLE_VM_WRITEOUT] = "throttle_vm_writeout",
        [STALL_GET_REQUEST] = "get_request",
        [STALL_WRITEBACK] = "writeback",
        [STALL_BALANCE_DIRTY_PAGES] = "balance_dirty_pages",
        [STALL_PAGE_READ] = "page_read",
        [STALL_SWAPIN] = "swapin",
    };

    static_assert(sizeof(names) / sizeof(names[0]) == NR_STALLS, "a name each");
    SIM_ASSERT(stall < NR_STALLS);
    return names[stall];
}
