/* SPDX-License-Identifier: MIT */
/* A disk: a request queue in front of a head that seeks and transfers, one request at a time. */
#ifndef SIM_RECLAIM_BACKING_DEV_H
#define SIM_RECLAIM_BACKING_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/waitqueue.h"
#include "mm/frame.h"

struct reclaim;

enum { DEVICES_MAX = 16 };

enum io_direction { IO_READ, IO_WRITE, NR_IO_DIRECTIONS };

/*
 * A request takes seek_ns (0 when it begins where the last one ended) plus page_ns for each page.
 * seek_ns and page_ns 0: the device is synchronous, a write is over when it is submitted and no
 * request is used.
 */
struct backing_dev_spec {
    const char *name;
    uint32_t nr_requests;       /* of each direction; 1..; default 128 */
    uint32_t max_request_pages; /* adjoining pages are merged up to this; 1 = never; default 128 */
    uint32_t cpu;               /* that handles the interrupts */
    uint64_t seek_ns;
    uint64_t page_ns;
};

struct io_request {
    uint64_t sector_page; /* where it begins on the device, in pages */
    uint32_t nr_pages;
    uint8_t direction; /* enum io_direction */
};

/*
 * First in, first out, as the noop elevator: a page joins the request submitted last if it goes the
 * same way and lies right behind it, and that request is not in service.
 * DEVIATION: the kernel also merges with older requests and in front, and plugs an idle queue for
 * some milliseconds; here an idle device begins at once with the page it is given. Nobody may
 * exceed nr_requests (the kernel lets a "batching" task take half as many again).
 * Kernel: block/ll_rw_blk.c get_request(), blk_queue_congestion_threshold() [2.6.24]
 *
 * Invariants (backing_dev_check): count[d] is the number of requests of direction d; the pages of
 * the requests follow each other in `pages`; active exactly while there is a request; congested[d]
 * was set by a submission that made count[d] >= congestion_on and is cleared by a completion that
 * leaves it below congestion_off.
 */
struct backing_dev {
    struct backing_dev_spec spec;
    uint32_t congestion_on;  /* a count that reaches it marks the queue congested */
    uint32_t congestion_off; /* one below it clears the mark */
    uint32_t count[NR_IO_DIRECTIONS];
    bool congested[NR_IO_DIRECTIONS];
    bool active; /* the first request is in service until completes_ns */
    uint64_t completes_ns;
    uint64_t service_ns;                        /* what the request in service takes in all */
    uint64_t head_page;                         /* where the head will stand after it */
    struct waitqueue waiters[NR_IO_DIRECTIONS]; /* for a request */

    struct io_request *requests;                          /* ring, oldest first */
    size_t first_request, nr_requests, requests_capacity; /* a power of two */
    uint32_t *pages;                                      /* ring of pfns */
    size_t first_page, nr_pages, pages_capacity;

    /*
     * Pages of its files; swap does not count. DEVIATION: a page whose write waits for a request is
     * in neither number, the kernel has it under writeback.
     * Kernel: include/linux/backing-dev.h enum bdi_stat_item [2.6.24]
     */
    uint64_t nr_dirty_pages;     /* set_page_dirty() */
    uint64_t nr_writeback_pages; /* submitted and not complete */

    /* so far, requests that are over; a synchronous device's pages count as one each */
    uint64_t requests_done[NR_IO_DIRECTIONS];
    uint64_t pages_done[NR_IO_DIRECTIONS];
    uint64_t busy_ns;
};

/* False: no host memory. */
bool backing_dev_init(struct backing_dev *dev, const struct backing_dev_spec *spec);
void backing_dev_fini(struct backing_dev *dev);

/* Changes service time, CPU and length of the queue; what is in service and the mark stay. */
void backing_dev_change(struct backing_dev *dev, const struct backing_dev_spec *spec);

static inline bool backing_dev_synchronous(const struct backing_dev *dev)
{
    return dev->spec.seek_ns == 0 && dev->spec.page_ns == 0;
}

/* Whether a page needs a request of its own and none is free: the submitter must sleep on
 * dev->waiters[direction] and ask again. */
bool backing_dev_full(const struct backing_dev *dev, enum io_direction direction,
                      uint64_t sector_page);

/*
 * Submits one page. It must not be full. An idle device begins at once, and the owner's timer is
 * set. A write must be PG_writeback already, a read PG_locked; neither takes a reference. Counts
 * PGPGIN or PGPGOUT in sectors of 512 bytes, 8 a page (/proc/vmstat prints half of it: kB). With
 * lack of host memory, noted in reclaim->out_of_memory, the page is done at once.
 * Kernel: block/ll_rw_blk.c submit_bio(), __make_request() [2.6.24]
 */
void backing_dev_submit(struct reclaim *reclaim, uint32_t dev, enum io_direction direction,
                        uint64_t sector_page, pfn_t page, unsigned cpu);

/*
 * The request in service is done (the owner calls it at completes_ns): writes end_page_writeback(),
 * reads become PG_uptodate and unlocked, and who waits for the page is woken; the mark; after a
 * write that leaves fewer than congestion_off, all sleepers of congestion_wait(); the first of
 * those who wait for a request (all, when none is left in the queue); the next request begins.
 * Kernel: block/ll_rw_blk.c end_that_request_last(), freed_request() [2.6.24]
 */
void backing_dev_complete(struct reclaim *reclaim, uint32_t dev);

/* Kernel: include/linux/backing-dev.h bdi_congested() [2.6.24] */
bool bdi_write_congested(const struct backing_dev *dev);

bool backing_dev_check(const struct backing_dev *dev);

#endif
