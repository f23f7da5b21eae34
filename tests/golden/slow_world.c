/* SPDX-License-Identifier: MIT */
/* The lines of the reclaim vectors for the slow model. */
#include "slow_world.h"

#include "slow_world_model.h"

static void enter(struct slow_world *world, const struct golden_words *words, unsigned word)
{
    slow_world_enter(world, (unsigned)golden_uint(words, word));
}

static uint32_t gfp_word(const struct golden_words *words, unsigned word)
{
    return (uint32_t)golden_uint(words, word);
}

/* ---- pages of users ---- */

enum making { MAKE_FILE, MAKE_ANON, MAKE_TOUCH };

/* Words from `first` on: CPU GFP NODE and what else the verb has. */
static int64_t make(struct slow_world *world, const struct golden_words *words, enum making what,
                    uint64_t number, unsigned first)
{
    struct slow_reclaim *r = &world->reclaim;
    uint32_t gfp = gfp_word(words, first + 1);
    int nid = (int)golden_int(words, first + 2);

    enter(world, words, first);
    world->script.waits = 0;
    if (what == MAKE_FILE)
        return slow_new_file_page(r, number, gfp, nid, (unsigned)golden_uint(words, first + 3),
                                  words->word[first + 4]);
    if (what == MAKE_ANON)
        return slow_new_anon_page(r, number, gfp, nid, words->word[first + 3]);
    return slow_touch(r, number, gfp, nid);
}

static void make_one(struct slow_world *world, const struct golden_words *words, enum making what)
{
    int64_t result = make(world, words, what, golden_uint(words, 1), 2);
    FILE *out = world->script.out;

    if (what == MAKE_TOUCH && result == 0)
        return;
    if (result >= 0)
        fprintf(out, "%s %s %" PRId64 "\n", words->word[0], words->word[1], result);
    else
        fprintf(out, "%s %s %s\n", words->word[0], words->word[1],
                result == SLOW_NO_PAGE ? "fail"
                : result == SLOW_BUSY  ? "busy"
                                       : "loop");
}

static void make_many(struct slow_world *world, const struct golden_words *words, enum making what)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint64_t good = 0;
    uint64_t failed = 0;

    for (uint64_t i = 0; i < golden_uint(words, 2); i++) {
        int64_t result = make(world, words, what, golden_uint(words, 1) + i, 3);

        slow_leave(&world->reclaim);
        hash = (hash ^ (uint64_t)result) * UINT64_C(0x100000001b3);
        if (result < 0)
            failed++;
        else if (result > 0 || what != MAKE_TOUCH)
            good++;
    }
    fprintf(world->script.out, "%s %s %" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", words->word[0],
            words->word[1], good, failed, hash);
}

/* Those that a slot with a page only can be asked. */
static void change_page(struct slow_world *world, struct slow_slot *slot, const char *verb,
                        uint64_t value)
{
    struct slow_reclaim *r = &world->reclaim;
    bool is_file = slot->state == SLOW_SLOT_FILE;

    if (!slot->page)
        return;
    if (strncmp(verb, "acc", 3) == 0 && is_file) {
        slow_mark_page_accessed(r, slot->page, r->cpu);
    } else if (strncmp(verb, "dirty", 5) == 0 && (is_file || slot->page->user.swapcache)) {
        slow_set_dirty(r, slot->page);
    } else if (strncmp(verb, "um", 2) == 0 && is_file) {
        slow_unmap_file_page(r, slot);
    } else if (strncmp(verb, "ml", 2) == 0) {
        slot->mlocked = value;
    } else if (strncmp(verb, "pin", 3) == 0) {
        slow_get_page(slot->page);
        slot->pins++;
    } else if (strncmp(verb, "unpin", 5) == 0 && slot->pins) {
        slot->pins--;
        slow_put_page(r, slot->page, r->cpu);
    } else if (strncmp(verb, "lk", 2) == 0) {
        slot->page->user.locked = value;
    } else if (strncmp(verb, "wb", 2) == 0) {
        slow_flush_page(r, slot);
    }
}

static void change_slots(struct slow_world *world, const struct golden_words *words, bool many)
{
    const char *verb = words->word[0];
    uint64_t count = many ? golden_uint(words, 2) : 1;
    unsigned last = many ? 3 : 2;
    bool has_value = words->count > last; /* pins may leave the CPU out */

    if (has_value && strncmp(verb, "ml", 2) != 0 && strncmp(verb, "lk", 2) != 0)
        enter(world, words, last);
    for (uint64_t i = 0; i < count; i++) {
        if (strncmp(verb, "del", 3) == 0)
            slow_delete(&world->reclaim, golden_uint(words, 1) + i);
        else
            change_page(world, slow_slot(&world->reclaim, golden_uint(words, 1) + i), verb,
                        has_value ? golden_uint(words, last) : 0);
    }
}

static bool run_page_line(struct slow_world *world, const struct golden_words *words)
{
    static const char *const makers[] = {"lf", "la", "touch"};
    static const char *const changers[] = {"acc",   "dirty", "um", "ml", "pin",
                                           "unpin", "lk",    "wb", "del"};
    const char *verb = words->word[0];

    for (unsigned i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        size_t length = strlen(makers[i]);

        if (strcmp(verb, makers[i]) == 0)
            make_one(world, words, (enum making)i);
        else if (strncmp(verb, makers[i], length) == 0 && strcmp(verb + length, "s") == 0)
            make_many(world, words, (enum making)i);
        else
            continue;
        return true;
    }
    for (unsigned i = 0; i < sizeof(changers) / sizeof(changers[0]); i++) {
        size_t length = strlen(changers[i]);

        if (strncmp(verb, changers[i], length) != 0)
            continue;
        if (strcmp(verb + length, "") == 0 || strcmp(verb + length, "s") == 0) {
            change_slots(world, words, verb[length] == 's');
            return true;
        }
    }
    return false;
}

/* ---- reclaim by hand ---- */

static unsigned nid_word(struct slow_world *world, const struct golden_words *words, unsigned word)
{
    int64_t nid = golden_int(words, word);

    return nid < 0 ? world->reclaim.mm.cpu_nid[world->cpu] : (unsigned)nid;
}

static void op_reclaim(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;
    uint32_t gfp = gfp_word(words, 2);
    unsigned nid;

    enter(world, words, 1);
    nid = nid_word(world, words, 4);
    r->mm.task |= SLOW_PF_MEMALLOC;
    fprintf(world->script.out, "reclaim %" PRIu64 "\n",
            slow_try_to_free_pages(r, &r->mm.nodes[nid].zonelists[slow_gfp_zone(&r->mm, gfp)],
                                   (unsigned)golden_uint(words, 3), gfp));
}

static void op_zone_reclaim(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;
    struct slow_zone *zone;
    int result = -1;

    enter(world, words, 1);
    zone = &r->mm.zones[nid_word(world, words, 4)][golden_uint(words, 5)];
    if (r->mm.numa && slow_populated(zone))
        result = slow_zone_reclaim(r, zone, gfp_word(words, 2), (unsigned)golden_uint(words, 3));
    fprintf(world->script.out, "zreclaim %d\n", result);
}

static void op_kswapd(struct slow_world *world, const struct golden_words *words)
{
    unsigned nid = nid_word(world, words, 1);
    struct slow_node *node = &world->reclaim.mm.nodes[nid];

    if (golden_is(words, "kswapdo") && node->kswapd_max_order < golden_uint(words, 2))
        node->kswapd_max_order = (unsigned)golden_uint(words, 2);
    slow_kswapd(&world->reclaim, nid);
}

static void op_limits(struct slow_world *world)
{
    uint64_t background;
    uint64_t dirty;

    slow_dirty_limits(&world->reclaim, &background, &dirty);
    fprintf(world->script.out,
            "limits background %" PRIu64 " dirty %" PRIu64 " throttle %" PRIu64 "\n", background,
            dirty, dirty + dirty / 10);
}

static bool run_reclaim_line(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;

    if (golden_is(words, "reclaim")) {
        op_reclaim(world, words);
    } else if (golden_is(words, "zreclaim")) {
        op_zone_reclaim(world, words);
    } else if (golden_is(words, "kswapd") || golden_is(words, "kswapdo")) {
        op_kswapd(world, words);
    } else if (golden_is(words, "lrudrain")) {
        enter(world, words, 1);
        slow_lru_add_drain(r, r->cpu);
    } else if (golden_is(words, "t")) {
        enter(world, words, 2);
        slow_pass_time(r, r->now_us + golden_uint(words, 1));
    } else if (golden_is(words, "limits")) {
        op_limits(world);
    } else {
        return false;
    }
    return true;
}

/* ---- the outside world ---- */

static void op_swap(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;

    r->swap_total = r->swap_free = golden_uint(words, 1);
    r->swap_use = slow_calloc(r->swap_total, sizeof(*r->swap_use));
}

static void op_file(struct slow_world *world, const struct golden_words *words)
{
    struct slow_file *file = &world->reclaim.files[golden_uint(words, 1)];

    file->device = (unsigned)golden_uint(words, 2);
    if (golden_uint(words, 3))
        file->mapped = true;
    file->writepage = (enum slow_writepage)golden_uint(words, 4);
}

static void op_slab(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;
    int64_t wanted = golden_int(words, 2);
    int64_t got = 0;
    int64_t result = 0;

    enter(world, words, 3);
    world->script.waits = 0;
    while (got < wanted) {
        result = slow_alloc_user_page(r, gfp_word(words, 4), (int)golden_int(words, 5));
        if (result < 0)
            break;
        slow_add_slab_page(r, (unsigned)golden_uint(words, 1), &r->mm.pages[result]);
        got++;
    }
    fprintf(world->script.out, "slab %s %" PRId64 "\n", words->word[1],
            result == SLOW_GIVEN_UP ? -1 : got);
}

static bool run_world_line(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;

    if (golden_is(words, "dev")) {
        slow_change_device(r, (unsigned)golden_uint(words, 1), golden_uint(words, 2),
                           (unsigned)golden_uint(words, 3), golden_uint(words, 4));
    } else if (golden_is(words, "file")) {
        op_file(world, words);
    } else if (golden_is(words, "swap")) {
        op_swap(world, words);
    } else if (golden_is(words, "shrinker")) {
        slow_set_shrinker(r, (unsigned)golden_uint(words, 1), golden_uint(words, 2),
                          golden_uint(words, 3), golden_uint(words, 4), golden_uint(words, 5));
    } else if (golden_is(words, "slab")) {
        op_slab(world, words);
    } else {
        return false;
    }
    return true;
}

/* ---- settings ---- */

static bool run_setting_line(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;

    if (golden_is(words, "slabaccount"))
        r->slab_reports = golden_uint(words, 1);
    else if (golden_is(words, "kmode"))
        r->kswapd_mode = (unsigned)golden_uint(words, 1);
    else if (golden_is(words, "klimit"))
        r->kswapd_limit = golden_uint(words, 1);
    else if (golden_is(words, "swappiness"))
        r->swappiness = golden_int(words, 1);
    else if (golden_is(words, "laptop_mode"))
        r->laptop_mode = golden_uint(words, 1);
    else if (golden_is(words, "oomexit"))
        r->oom_exit = golden_uint(words, 1);
    else if (golden_is(words, "trace"))
        r->trace = (unsigned)golden_uint(words, 1);
    else if (golden_is(words, "cur"))
        r->current_pid = golden_uint(words, 1);
    else if (golden_is(words, "dirty_ratio") && words->count == 3) {
        r->background_ratio = golden_uint(words, 1);
        r->dirty_ratio = golden_uint(words, 2);
    } else {
        return false;
    }
    return true;
}

/* ---- processes ---- */

static struct slow_process *define_process(struct slow_reclaim *r, uint64_t pid, uint64_t parent)
{
    struct slow_process *p = slow_calloc(1, sizeof(*p));
    struct slow_process **end = &r->first_process;

    p->pid = pid;
    p->parent = slow_find_process(r, parent);
    while (*end)
        end = &(*end)->next;
    *end = p;
    return p;
}

enum { PROC_EXITING = 1, PROC_SWAPOFF = 2, PROC_LESS_THROTTLE = 4 };

static void op_process(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;
    struct slow_process *p = slow_find_process(r, golden_uint(words, 1));
    int64_t mm_of = golden_int(words, 13);

    if (!p)
        p = define_process(r, golden_uint(words, 1), golden_uint(words, 11));
    if (mm_of == 0) {
        p->own_mm.total_vm = golden_uint(words, 2);
        p->mm = &p->own_mm;
    } else {
        p->mm = mm_of < 0 ? NULL : slow_find_process(r, (uint64_t)mm_of)->mm;
    }
    p->utime = golden_uint(words, 3);
    p->stime = golden_uint(words, 4);
    p->start_s = golden_uint(words, 5);
    p->nice = golden_int(words, 6);
    p->uid = golden_uint(words, 7);
    p->euid = golden_uint(words, 8);
    p->caps = golden_uint(words, 9);
    p->oom_adj = (int)golden_int(words, 10);
    p->exiting = golden_uint(words, 12) & PROC_EXITING;
    p->swapoff = golden_uint(words, 12) & PROC_SWAPOFF;
    p->less_throttle = golden_uint(words, 12) & PROC_LESS_THROTTLE;
}

static bool run_process_line(struct slow_world *world, const struct golden_words *words)
{
    struct slow_reclaim *r = &world->reclaim;

    if (golden_is(words, "proc")) {
        op_process(world, words);
    } else if (golden_is(words, "badness")) {
        for (const struct slow_process *p = r->first_process; p; p = p->next)
            if (!p->dead)
                fprintf(world->script.out, "badness %" PRIu64 " %" PRIu64 "\n", p->pid,
                        slow_badness(r, p));
    } else {
        return false;
    }
    return true;
}

void slow_world_line(struct slow_world *world, const struct golden_words *words)
{
    if (!world->script.self) {
        golden_world_line(&world->script, words);
        return;
    }
    world->reclaim.idle_throttles = 0;
    slow_world_enter(world, world->cpu);
    if (!run_page_line(world, words) && !run_reclaim_line(world, words) &&
        !run_world_line(world, words) && !run_setting_line(world, words) &&
        !run_process_line(world, words))
        golden_world_line(&world->script, words);
    slow_leave(&world->reclaim);
}
