/* SPDX-License-Identifier: MIT */
/* pdflush: the pool of threads and the two kinds of work they do. */
#include "reclaim/pdflush.h"

#include "base/units.h"
#include "reclaim/reclaim.h"

enum pdflush_state {
    PDFLUSH_BEGIN,
    PDFLUSH_ROUND, /* a pass over the dirty files, if there is cause */
    PDFLUSH_WRITE,
    PDFLUSH_WAIT, /* for a congested device */
};

/* ---- the pool ---- */

static void push_idle(struct pdflush_pool *pool, uint32_t nr, uint64_t now_ns)
{
    pool->threads[nr].idle_since_ns = now_ns;
    pool->idle[pool->nr_idle++] = (uint8_t)nr;
}

/* Kernel: mm/pdflush.c start_one_pdflush_thread() [2.6.24] */
static void start_one_pdflush_thread(struct pdflush_pool *pool, uint64_t now_ns)
{
    uint32_t nr = 0;

    while (pool->threads[nr].alive)
        nr++;
    pool->threads[nr].alive = true;
    pool->nr_threads++;
    push_idle(pool, nr, now_ns);
}

void pdflush_pool_init(struct pdflush_pool *pool)
{
    *pool = (struct pdflush_pool){0};
    for (unsigned i = 0; i < PDFLUSH_THREADS_MIN; i++)
        start_one_pdflush_thread(pool, 0);
}

/* A thread has no work any more: a new one if all were busy for long, else itself if one too many.
 * Kernel: mm/pdflush.c __pdflush(), its end [2.6.24] */
static void work_over(struct pdflush_pool *pool, uint32_t nr, uint64_t now_ns)
{
    struct pdflush *thread = &pool->threads[nr];

    thread->work = PDFLUSH_IDLE;
    thread->state = PDFLUSH_BEGIN;
    if (now_ns - pool->last_empty_ns > NSEC_PER_SEC && pool->nr_idle == 0 &&
        pool->nr_threads < PDFLUSH_THREADS_MAX)
        start_one_pdflush_thread(pool, now_ns);
    if (pool->nr_idle > 0 && pool->nr_threads > PDFLUSH_THREADS_MIN) {
        struct pdflush *sleepiest = &pool->threads[pool->idle[0]];

        if (now_ns - sleepiest->idle_since_ns > NSEC_PER_SEC) {
            sleepiest->idle_since_ns = now_ns; /* so that they end one a second */
            thread->alive = false;
            pool->nr_threads--;
            return;
        }
    }
    push_idle(pool, nr, now_ns);
}

bool pdflush_operation(struct reclaim *reclaim, enum pdflush_work work, uint64_t nr_pages)
{
    struct pdflush_pool *pool = &reclaim->writeback.pdflush;
    struct pdflush *thread;
    uint32_t nr;

    if (pool->nr_idle == 0)
        return false;
    nr = pool->idle[--pool->nr_idle];
    if (pool->nr_idle == 0)
        pool->last_empty_ns = reclaim->machine->clock->now_ns;
    thread = &pool->threads[nr];
    SIM_ASSERT(thread->alive && thread->work == PDFLUSH_IDLE);
    thread->work = (uint8_t)work;
    thread->left_pages = (int64_t)nr_pages;
    thread->runs++;
    reclaim->owner.kthread(reclaim->owner.context, KTHREAD_PDFLUSH, nr);
    return true;
}

static uint64_t nr_dirty_pages(const struct reclaim *reclaim)
{
    return global_page_state(reclaim, NR_FILE_DIRTY) + global_page_state(reclaim, NR_UNSTABLE_NFS);
}

void wakeup_pdflush(struct reclaim *reclaim, uint64_t nr_pages)
{
    reclaim_tell(reclaim,
                 &(struct reclaim_event){.kind = RECLAIM_WAKEUP_PDFLUSH, .pages = nr_pages});
    pdflush_operation(reclaim, PDFLUSH_BACKGROUND, nr_pages ? nr_pages : nr_dirty_pages(reclaim));
}

/* ---- the work ---- */

static uint64_t dirty_expire_ns(const struct reclaim *reclaim)
{
    return reclaim->machine->vm.dirty_expire_centisecs * (NSEC_PER_SEC / 100);
}

static void begin_work(const struct reclaim *reclaim, struct pdflush *thread)
{
    thread->begin_ns = reclaim->machine->clock->now_ns;
    thread->state = PDFLUSH_ROUND;
    if (thread->work != PDFLUSH_KUPDATE)
        return;
    /* On a machine younger than the limit no page is too old. DEVIATION: the kernel's bound on what
     * it writes counts all files in use, not the dirty ones alone; it ends for lack of old pages.
     */
    if (thread->begin_ns >= dirty_expire_ns(reclaim))
        thread->left_pages = (int64_t)(nr_dirty_pages(reclaim) + reclaim->writeback.nr_dirty_files);
}

static bool is_cause_to_write(const struct reclaim *reclaim, const struct task *task,
                              const struct pdflush *thread)
{
    if (thread->left_pages > 0)
        return true;
    return thread->work == PDFLUSH_BACKGROUND &&
           nr_dirty_pages(reclaim) >= get_dirty_limits(reclaim, task).background_pages;
}

static void begin_pass(const struct reclaim *reclaim, struct pdflush *thread)
{
    bool periodic = thread->work == PDFLUSH_KUPDATE;

    thread->wbc = (struct writeback_control){
        .nr_to_write = MAX_WRITEBACK_PAGES,
        .nonblocking = true,
        .for_kupdate = periodic,
        .for_pdflush = true,
        .older_than_ns = periodic ? thread->begin_ns - dirty_expire_ns(reclaim) : 0,
        .only_dev = WRITEBACK_ANY_DEVICE,
        .work_stall = STALL_NONE,
    };
    thread->state = PDFLUSH_WRITE;
}

/* A pass is over. True: so is the work.
 * Kernel: mm/page-writeback.c background_writeout(), wb_kupdate() [2.6.24] */
static bool pass_over(struct pdflush *thread)
{
    const struct writeback_control *wbc = &thread->wbc;
    int64_t written = MAX_WRITEBACK_PAGES - wbc->nr_to_write;

    thread->left_pages -= written;
    thread->pages_written += (uint64_t)written;
    thread->state = PDFLUSH_ROUND;
    if (thread->work == PDFLUSH_KUPDATE) {
        if (wbc->nr_to_write <= 0)
            return false;
        thread->state = PDFLUSH_WAIT;
        return !wbc->encountered_congestion;
    }
    if (wbc->nr_to_write > 0 || wbc->pages_skipped > 0)
        thread->state = PDFLUSH_WAIT; /* wrote less than it wanted to */
    return false;
}

static enum step run_work(struct reclaim *reclaim, struct task *task, struct pdflush *thread)
{
    for (;;) {
        switch (thread->state) {
        case PDFLUSH_BEGIN:
            begin_work(reclaim, thread);
            break;
        case PDFLUSH_ROUND:
            if (!is_cause_to_write(reclaim, task, thread))
                return STEP_DONE;
            begin_pass(reclaim, thread);
            break;
        case PDFLUSH_WRITE:
            if (writeback_inodes(reclaim, task, &thread->wbc) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (pass_over(thread))
                return STEP_DONE;
            break;
        default: /* PDFLUSH_WAIT */
            if (congestion_wait(reclaim, task, &thread->sleep, reclaim->machine->hz / 10,
                                STALL_NONE) == STEP_BLOCKED)
                return STEP_BLOCKED;
            if (!thread->wbc.encountered_congestion)
                return STEP_DONE;
            thread->state = PDFLUSH_ROUND;
        }
    }
}

enum step pdflush_step(struct reclaim *reclaim, struct task *task, uint32_t nr)
{
    struct pdflush *thread = &reclaim->writeback.pdflush.threads[nr];
    uint64_t begin_ns;
    bool periodic;

    SIM_ASSERT(thread->work != PDFLUSH_IDLE);
    if (run_work(reclaim, task, thread) == STEP_BLOCKED)
        return STEP_BLOCKED;
    periodic = thread->work == PDFLUSH_KUPDATE;
    begin_ns = thread->begin_ns;
    work_over(&reclaim->writeback.pdflush, nr, reclaim->machine->clock->now_ns);
    if (periodic)
        writeback_period_over(reclaim, begin_ns);
    return STEP_DONE;
}
