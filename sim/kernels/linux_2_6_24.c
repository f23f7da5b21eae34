/* SPDX-License-Identifier: MIT */
/* The hot paths of Linux 2.6.24 and its table of operations. */
#include "kernels/linux_2_6_24.h"

#include "mm/page_alloc_fast.h"
#include "mm/pcp_hotcold.h"
#include "mm/watermark.h"
#include "reclaim/reclaim.h"

static const struct page_alloc_policy policy = {
    .watermark_ok = zone_watermark_ok,
    .rmqueue = rmqueue,
    .pcp_take = pcp_take,
    .pcp_put = pcp_put,
};

/* Apart, so that the others pay nothing for it. */
static __attribute__((noinline)) enum step get_page_by_policy(struct machine *machine,
                                                              struct alloc_request *request,
                                                              uint32_t gfp, uint32_t alloc_flags)
{
    return fast_get_page_from_freelist(machine, request, gfp, alloc_flags, &policy, true);
}

static enum step get_page_from_freelist(struct machine *machine, struct alloc_request *request,
                                        uint32_t gfp, uint32_t alloc_flags)
{
    if (SIM_UNLIKELY(request->by_policy))
        return get_page_by_policy(machine, request, gfp, alloc_flags);
    return fast_get_page_from_freelist(machine, request, gfp, alloc_flags, &policy, false);
}

static bool free_hot_cold_page(struct machine *machine, pfn_t page, unsigned cpu, unsigned cold)
{
    return fast_free_hot_cold_page(machine, page.nr, cpu, cold, &policy);
}

static bool free_pages_ok(struct machine *machine, pfn_t page, unsigned order, unsigned cpu)
{
    return fast_free_pages_ok(machine, page.nr, order, cpu);
}

const struct kernel_ops linux_2_6_24_ops = {
    .name = "linux-2.6.24",
    .get_page_from_freelist = get_page_from_freelist,
    .free_hot_cold_page = free_hot_cold_page,
    .free_pages_ok = free_pages_ok,
    .wakeup_kswapd = reclaim_wakeup_kswapd,
    .zone_reclaim = reclaim_zone_reclaim,
    .cond_resched = reclaim_cond_resched,
    .try_to_free_pages = reclaim_try_to_free_pages,
    .congestion_wait = reclaim_congestion_wait,
    .schedule_timeout = reclaim_schedule_timeout,
    .out_of_memory = reclaim_out_of_memory,
};
