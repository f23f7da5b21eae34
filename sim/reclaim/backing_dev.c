/* SPDX-License-Identifier: MIT */
/* Request queues: submitting, merging, serving, congestion marks. */
#include "reclaim/backing_dev.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "reclaim/reclaim.h"

enum { SECTOR_SIZE = 512, RING_MIN = 16 };

/* Kernel: block/ll_rw_blk.c blk_queue_congestion_threshold() [2.6.24] */
static void set_congestion_thresholds(struct backing_dev *dev)
{
    uint32_t nr = dev->spec.nr_requests;
    uint32_t on = nr - nr / 8 + 1;
    uint32_t below = nr / 8 + nr / 16 + 1;

    dev->congestion_on = on < nr ? on : nr;
    dev->congestion_off = nr > below ? nr - below : 1;
}

bool backing_dev_init(struct backing_dev *dev, const struct backing_dev_spec *spec)
{
    *dev = (struct backing_dev){0};
    dev->requests = malloc(RING_MIN * sizeof(*dev->requests));
    dev->pages = malloc(RING_MIN * sizeof(*dev->pages));
    if (!dev->requests || !dev->pages) {
        backing_dev_fini(dev);
        return false;
    }
    dev->requests_capacity = dev->pages_capacity = RING_MIN;
    backing_dev_change(dev, spec);
    return true;
}

void backing_dev_fini(struct backing_dev *dev)
{
    free(dev->requests);
    free(dev->pages);
    *dev = (struct backing_dev){0};
}

void backing_dev_change(struct backing_dev *dev, const struct backing_dev_spec *spec)
{
    SIM_ASSERT(spec->nr_requests > 0 && spec->max_request_pages > 0);
    dev->spec = *spec;
    set_congestion_thresholds(dev);
}

/* ---- rings ---- */

/* Doubles a full ring of `capacity` elements, the oldest at `first`; it is at 0 afterwards. */
static void *ring_double(const void *ring, size_t first, size_t capacity, size_t element_size)
{
    char *twice = malloc(2 * capacity * element_size);
    const char *old = ring;
    size_t behind = capacity - first;

    if (!twice)
        return NULL;
    memcpy(twice, old + first * element_size, behind * element_size);
    memcpy(twice + behind * element_size, old, first * element_size);
    return twice;
}

/* Room for a page and a request of its own. */
static bool reserve_room(struct backing_dev *dev)
{
    if (dev->nr_requests == dev->requests_capacity) {
        void *twice = ring_double(dev->requests, dev->first_request, dev->requests_capacity,
                                  sizeof(*dev->requests));

        if (!twice)
            return false;
        free(dev->requests);
        dev->requests = twice;
        dev->first_request = 0;
        dev->requests_capacity *= 2;
    }
    if (dev->nr_pages == dev->pages_capacity) {
        void *twice =
            ring_double(dev->pages, dev->first_page, dev->pages_capacity, sizeof(*dev->pages));

        if (!twice)
            return false;
        free(dev->pages);
        dev->pages = twice;
        dev->first_page = 0;
        dev->pages_capacity *= 2;
    }
    return true;
}

static struct io_request *request_at(const struct backing_dev *dev, size_t i)
{
    return &dev->requests[(dev->first_request + i) & (dev->requests_capacity - 1)];
}

static void push_page(struct backing_dev *dev, pfn_t page)
{
    dev->pages[(dev->first_page + dev->nr_pages++) & (dev->pages_capacity - 1)] = page.nr;
}

static pfn_t pop_page(struct backing_dev *dev)
{
    pfn_t page = {dev->pages[dev->first_page]};

    dev->first_page = (dev->first_page + 1) & (dev->pages_capacity - 1);
    dev->nr_pages--;
    return page;
}

static struct io_request pop_request(struct backing_dev *dev)
{
    struct io_request request = *request_at(dev, 0);

    dev->first_request = (dev->first_request + 1) & (dev->requests_capacity - 1);
    dev->nr_requests--;
    return request;
}

/* ---- submitting ---- */

/* Kernel: block/elevator.c elv_merge(), for the request merged last only [2.6.24] */
static bool joins_last_request(const struct backing_dev *dev, enum io_direction direction,
                               uint64_t sector_page)
{
    const struct io_request *last;

    if (dev->nr_requests < 2) /* the first one is in service */
        return false;
    last = request_at(dev, dev->nr_requests - 1);
    return last->direction == direction && last->sector_page + last->nr_pages == sector_page &&
           last->nr_pages < dev->spec.max_request_pages;
}

bool backing_dev_full(const struct backing_dev *dev, enum io_direction direction,
                      uint64_t sector_page)
{
    return !backing_dev_synchronous(dev) && dev->count[direction] >= dev->spec.nr_requests &&
           !joins_last_request(dev, direction, sector_page);
}

/* The page's contents are where they were to go. True: a page of a file was written. */
static bool end_page_io(struct reclaim *reclaim, enum io_direction direction, pfn_t page,
                        unsigned cpu)
{
    struct frame *frame = page_frame(reclaim, page);
    bool written = direction == IO_WRITE && !(frame->flags & PG_swapcache);

    if (direction == IO_WRITE) {
        end_page_writeback(reclaim, page, cpu);
    } else {
        frame->flags |= PG_uptodate;
        unlock_page(reclaim, page);
    }
    return written;
}

/* A request that never was. */
static void complete_at_once(struct reclaim *reclaim, uint32_t nr, enum io_direction direction,
                             pfn_t page, unsigned cpu)
{
    struct backing_dev *dev = &reclaim->devices[nr];

    dev->requests_done[direction]++;
    dev->pages_done[direction]++;
    if (end_page_io(reclaim, direction, page, cpu))
        writeback_completed(reclaim, nr, 1);
}

static void begin_service(struct reclaim *reclaim, uint32_t nr, uint64_t at_ns)
{
    struct backing_dev *dev = &reclaim->devices[nr];
    const struct io_request *request = request_at(dev, 0);
    uint64_t seek_ns = request->sector_page == dev->head_page ? 0 : dev->spec.seek_ns;

    dev->active = true;
    dev->service_ns = seek_ns + request->nr_pages * dev->spec.page_ns;
    dev->completes_ns = at_ns + dev->service_ns;
    dev->head_page = request->sector_page + request->nr_pages;
    reclaim->owner.timer(reclaim->owner.context, RECLAIM_TIMER_DEVICE, nr, dev->completes_ns);
}

/* Kernel: block/ll_rw_blk.c get_request() [2.6.24] */
static void push_request(struct backing_dev *dev, enum io_direction direction, uint64_t sector_page)
{
    SIM_ASSERT(dev->count[direction] < dev->spec.nr_requests);
    if (dev->count[direction] + 1 >= dev->congestion_on)
        dev->congested[direction] = true;
    dev->count[direction]++;
    *request_at(dev, dev->nr_requests++) = (struct io_request){sector_page, 1, (uint8_t)direction};
}

void backing_dev_submit(struct reclaim *reclaim, uint32_t nr, enum io_direction direction,
                        uint64_t sector_page, pfn_t page, unsigned cpu)
{
    struct backing_dev *dev = &reclaim->devices[nr];
    struct machine *machine = reclaim->machine;
    const struct frame *frame = page_frame(reclaim, page);

    SIM_ASSERT(frame->flags & (direction == IO_WRITE ? PG_writeback : PG_locked));
    machine->vm_events[direction == IO_WRITE ? PGPGOUT : PGPGIN] += PAGE_SIZE / SECTOR_SIZE;
    machine->work.io_pages++;
    if (backing_dev_synchronous(dev)) {
        complete_at_once(reclaim, nr, direction, page, cpu);
        return;
    }
    if (!reserve_room(dev)) {
        reclaim->out_of_memory = true;
        complete_at_once(reclaim, nr, direction, page, cpu);
        return;
    }
    if (direction == IO_WRITE && !(frame->flags & PG_swapcache))
        dev->nr_writeback_pages++;
    if (joins_last_request(dev, direction, sector_page))
        request_at(dev, dev->nr_requests - 1)->nr_pages++;
    else
        push_request(dev, direction, sector_page);
    push_page(dev, page);
    if (!dev->active)
        begin_service(reclaim, nr, machine->clock->now_ns);
}

/* ---- completing ---- */

/*
 * One request, one of those who wait for it; all of them when nothing is left that could wake the
 * others, since a woken task need not want the request any more.
 */
static void wake_waiters(struct reclaim *reclaim, struct backing_dev *dev, unsigned direction)
{
    struct waitqueue *waiters = &dev->waiters[direction];
    struct task *first = waiters->first;

    if (!first)
        return;
    if (dev->count[direction] == 0) {
        reclaim_wake_all(reclaim, waiters);
    } else if (dev->count[direction] < dev->spec.nr_requests) {
        waitqueue_remove(first);
        reclaim->owner.wake(reclaim->owner.context, first);
    }
}

/* Kernel: block/ll_rw_blk.c __freed_request() [2.6.24] */
static void release_request(struct reclaim *reclaim, struct backing_dev *dev, unsigned direction)
{
    dev->count[direction]--;
    if (dev->count[direction] < dev->congestion_off) {
        dev->congested[direction] = false;
        if (direction == IO_WRITE)
            reclaim_wake_all(reclaim, &reclaim->congestion_waiters);
    }
    wake_waiters(reclaim, dev, direction);
}

void backing_dev_complete(struct reclaim *reclaim, uint32_t nr)
{
    struct backing_dev *dev = &reclaim->devices[nr];
    struct io_request request;
    uint32_t written = 0;

    SIM_ASSERT(dev->active);
    request = pop_request(dev);
    for (uint32_t i = 0; i < request.nr_pages; i++)
        written += end_page_io(reclaim, request.direction, pop_page(dev), dev->spec.cpu);
    dev->active = false;
    dev->requests_done[request.direction]++;
    dev->pages_done[request.direction] += request.nr_pages;
    dev->busy_ns += dev->service_ns;
    dev->nr_writeback_pages -= written;
    if (written > 0)
        writeback_completed(reclaim, nr, written);
    release_request(reclaim, dev, request.direction);
    if (dev->nr_requests > 0)
        begin_service(reclaim, nr, dev->completes_ns);
}

bool bdi_write_congested(const struct backing_dev *dev)
{
    return dev->congested[IO_WRITE];
}

bool backing_dev_check(const struct backing_dev *dev)
{
    uint32_t count[NR_IO_DIRECTIONS] = {0};
    size_t nr_pages = 0;

    for (size_t i = 0; i < dev->nr_requests; i++) {
        const struct io_request *request = request_at(dev, i);

        count[request->direction]++;
        nr_pages += request->nr_pages;
    }
    for (unsigned direction = 0; direction < NR_IO_DIRECTIONS; direction++) {
        if (dev->count[direction] != count[direction] ||
            (count[direction] == 0 && dev->congested[direction]))
            return false;
    }
    return nr_pages == dev->nr_pages && dev->active == (dev->nr_requests > 0) &&
           dev->nr_writeback_pages <= nr_pages;
}
