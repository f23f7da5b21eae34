/* SPDX-License-Identifier: MIT */
/* The slow model's OOM killer and the ends of processes. */
#include <inttypes.h>

#include "lib/slow_reclaim.h"

enum { INIT_PID = 1, OOM_DISABLE = -17 };

struct slow_process *slow_find_process(struct slow_reclaim *r, uint64_t pid)
{
    for (struct slow_process *p = r->first_process; p; p = p->next)
        if (!p->dead && p->pid == pid)
            return p;
    return NULL;
}

/* ---- badness ---- */

static uint64_t int_sqrt(uint64_t value)
{
    uint64_t root = 0;

    while ((root + 1) * (root + 1) <= value)
        root++;
    return root;
}

static uint64_t adjusted(uint64_t points, int oom_adj)
{
    if (oom_adj > 0)
        return (points ? points : 1) << oom_adj;
    return points >> -oom_adj;
}

static uint64_t with_children(struct slow_reclaim *r, const struct slow_process *process)
{
    uint64_t points = process->mm->total_vm;

    for (const struct slow_process *c = r->first_process; c; c = c->next)
        if (!c->dead && c->parent == process && c->mm && c->mm != process->mm)
            points += c->mm->total_vm / 2 + 1;
    return points;
}

uint64_t slow_badness(struct slow_reclaim *r, const struct slow_process *process)
{
    uint64_t uptime_s = r->now_us / 1000000;
    uint64_t run = 0;
    uint64_t points;
    uint64_t s;

    if (!process->mm)
        return 0;
    if (process->swapoff)
        return UINT64_MAX;
    points = with_children(r, process);
    s = int_sqrt((process->utime + process->stime) >> 11);
    if (s)
        points /= s;
    if (uptime_s >= process->start_s)
        run = (uptime_s - process->start_s) >> 10;
    s = int_sqrt(int_sqrt(run));
    if (s)
        points /= s;
    if (process->nice > 0)
        points *= 2;
    if ((process->caps & SLOW_CAP_SYS_ADMIN) || process->uid == 0 || process->euid == 0)
        points /= 4;
    if (process->caps & SLOW_CAP_SYS_RAWIO)
        points /= 4;
    return adjusted(points, process->oom_adj);
}

/* ---- killing ---- */

static void force_sigkill(struct slow_reclaim *r, struct slow_process *p, bool memdie)
{
    p->killed = true;
    if (memdie)
        p->memdie = true;
    if (memdie && p == r->current)
        r->mm.task |= SLOW_TIF_MEMDIE;
    slow_say(r, 0, "e kill %" PRIu64 "%s\n", p->pid, memdie ? " memdie" : "");
}

static void kill_one(struct slow_reclaim *r, struct slow_process *p)
{
    if (p->pid != INIT_PID && p->mm)
        force_sigkill(r, p, true);
}

/* False: it must not be killed. */
static bool oom_kill_task(struct slow_reclaim *r, struct slow_process *p)
{
    const struct slow_mm_struct *mm = p->mm;

    if (!mm)
        return false;
    for (const struct slow_process *q = r->first_process; q; q = q->next)
        if (!q->dead && q->mm == mm && q->oom_adj == OOM_DISABLE)
            return false;
    kill_one(r, p);
    for (struct slow_process *q = r->first_process; q; q = q->next)
        if (!q->dead && q->mm == mm && q != p)
            force_sigkill(r, q, false);
    return true;
}

static bool oom_kill_process(struct slow_reclaim *r, struct slow_process *p)
{
    if (p->exiting) {
        kill_one(r, p);
        return true;
    }
    for (struct slow_process *c = r->first_process; c; c = c->next)
        if (!c->dead && c->parent == p && c->mm != p->mm && oom_kill_task(r, c))
            return true;
    return oom_kill_task(r, p);
}

enum selection { SELECTED, NOBODY_YET, NO_CANDIDATE };

static bool has_memdie(const struct slow_reclaim *r, const struct slow_process *p)
{
    return p == r->current ? r->mm.task & SLOW_TIF_MEMDIE : p->memdie;
}

static enum selection select_bad_process(struct slow_reclaim *r, struct slow_process **ret)
{
    uint64_t most = 0;

    *ret = NULL;
    for (struct slow_process *p = r->first_process; p; p = p->next) {
        uint64_t points;

        if (p->dead || !p->mm || p->pid == INIT_PID)
            continue;
        if (has_memdie(r, p))
            return NOBODY_YET;
        if (p->exiting) {
            if (p != r->current)
                return NOBODY_YET;
            *ret = p;
            most = UINT64_MAX;
        }
        if (p->oom_adj == OOM_DISABLE)
            continue;
        points = slow_badness(r, p);
        if (points > most || !*ret) {
            *ret = p;
            most = points;
        }
    }
    return *ret ? SELECTED : NO_CANDIDATE;
}

/* Whether some node with memory has no zone in the list. */
static bool constrained(const struct slow_reclaim *r, const struct slow_zonelist *list)
{
    if (!r->mm.numa)
        return false;
    for (unsigned nid = 0; nid < NODES_MAX; nid++) {
        bool there = false;

        for (unsigned i = 0; list->zones[i]; i++)
            there |= list->zones[i]->nid == nid;
        if (r->mm.nodes[nid].present && !there)
            return true;
    }
    return false;
}

bool slow_out_of_memory(struct slow_reclaim *r, const struct slow_zonelist *list, uint32_t gfp,
                        unsigned order)
{
    slow_say(r, 0, "e oom %u 0x%" PRIx32 "\n", order, gfp);
    if (constrained(r, list)) {
        if (r->current)
            oom_kill_process(r, r->current);
    } else {
        struct slow_process *victim;
        enum selection selection;

        do {
            selection = select_bad_process(r, &victim);
            if (selection == NO_CANDIDATE) {
                slow_say(r, 0, "e panic\n");
                return false;
            }
        } while (selection == SELECTED && !oom_kill_process(r, victim));
    }
    if (!(r->mm.task & SLOW_TIF_MEMDIE)) {
        slow_sleep_jiffy(r);
        slow_exit_killed(r, true);
    }
    return true;
}

/* ---- exits ---- */

static void exit_process(struct slow_reclaim *r, struct slow_process *p)
{
    slow_say(r, 1, "e exit %" PRIu64 "\n", p->pid);
    for (uint64_t i = 0; i < r->nr_slots; i++) {
        const struct slow_slot *slot = &r->slots[i];

        if ((slot->state == SLOW_SLOT_ANON || slot->state == SLOW_SLOT_SWAPPED) &&
            slot->owner == p->pid)
            slow_delete(r, i);
    }
    p->dead = true;
    for (struct slow_process *c = r->first_process; c; c = c->next)
        if (c->parent == p)
            c->parent = NULL;
}

void slow_exit_killed(struct slow_reclaim *r, bool spare_current)
{
    if (!r->oom_exit)
        return;
    for (struct slow_process *p = r->first_process; p; p = p->next)
        if (!p->dead && p->killed && !(spare_current && p == r->current))
            exit_process(r, p);
}
