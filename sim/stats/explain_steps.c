/* SPDX-License-Identifier: MIT */
/* The steps of a request in words. */
#include "stats/explain_steps.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "mm/gfp.h"
#include "stats/fields.h"

enum {
    ROUNDS_SHOWN = 6, /* besides the last */
    WAITS_SHOWN = 3,
    STEP_TEXT_MAX = 320,
};

void explain_steps_fini(struct explain_steps *steps)
{
    strbuf_fini(&steps->text);
    strbuf_fini(&steps->round.text);
    strbuf_fini(&steps->held.text);
}

void explain_steps_reset(struct explain_steps *steps)
{
    uint64_t begin_ns = steps->begin_ns;
    uint64_t hz = steps->hz;
    bool untimed = steps->untimed;

    explain_steps_fini(steps);
    *steps = (struct explain_steps){.begin_ns = begin_ns, .hz = hz, .untimed = untimed};
}

/* ---- lines ---- */

static struct strbuf *at_hand(struct explain_steps *steps)
{
    return steps->nr_rounds > 0 ? &steps->round.text : &steps->text;
}

/* Says how many waits of the row that ends were not shown. */
static void end_waits(struct explain_steps *steps)
{
    char text[DURATION_TEXT_MAX];

    if (steps->waits > WAITS_SHOWN)
        strbuf_addf(at_hand(steps), "  %-13s ... %" PRIu64 " more such waits, in all %s\n", "",
                    steps->waits - WAITS_SHOWN, duration_text(steps->folded_ns, text));
    steps->waits = 0;
    steps->folded_ns = 0;
    steps->wait[0] = '\0';
}

static void add_line(struct explain_steps *steps, uint64_t time_ns, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_line(struct explain_steps *steps, uint64_t time_ns, const char *format, ...)
{
    uint64_t after_ns = time_ns - steps->begin_ns;
    char when[DURATION_TEXT_MAX];
    char what[STEP_TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    if (steps->untimed) {
        strbuf_addf(at_hand(steps), "%s\n", what + strspn(what, " "));
        return;
    }
    if (after_ns < NSEC_PER_SEC)
        duration_text(after_ns, when);
    else /* in seconds steps would look as if they came at once */
        snprintf(when, sizeof(when), "%" PRIu64 ".%03u ms", after_ns / NSEC_PER_MSEC,
                 (unsigned)(after_ns % NSEC_PER_MSEC / NSEC_PER_USEC));
    strbuf_addf(at_hand(steps), "  +%-12s %s\n", when, what);
}

/* ---- rounds ---- */

static void append(struct strbuf *out, const struct strbuf *from)
{
    out->failed |= from->failed;
    if (from->length)
        strbuf_add(out, from->data, from->length);
}

/* The round at hand is over: shown, or held back as the last one that may be left out. */
static void end_round(struct explain_steps *steps)
{
    struct explain_round over;

    if (steps->nr_rounds == 0)
        return;
    end_waits(steps);
    if (steps->nr_rounds <= ROUNDS_SHOWN) {
        append(&steps->text, &steps->round.text);
    } else {
        if (steps->nr_rounds > ROUNDS_SHOWN + 1) {
            steps->left_out++;
            steps->left_out_scanned += steps->held.scanned;
            steps->left_out_freed += steps->held.freed;
        }
        over = steps->held;
        steps->held = steps->round;
        steps->round = over;
    }
    strbuf_reset(&steps->round.text);
    steps->round.scanned = steps->round.freed = steps->round.pdflush_wakeups = 0;
}

bool explain_steps_end(struct explain_steps *steps)
{
    char percent[PERCENT_TEXT_MAX];

    end_round(steps);
    if (steps->nr_rounds == 0)
        end_waits(steps);
    if (steps->left_out > 0)
        strbuf_addf(&steps->text,
                    "  ... %" PRIu64 " more rounds of reclaim: scanned %" PRIu64 ", freed %" PRIu64
                    " (%s) ...\n",
                    steps->left_out, steps->left_out_scanned, steps->left_out_freed,
                    percent_text(steps->left_out_freed, steps->left_out_scanned, percent));
    if (steps->nr_rounds > ROUNDS_SHOWN)
        append(&steps->text, &steps->held.text);
    return !steps->text.failed;
}

/* ---- waits ---- */

/* One wait; of a row of the same kind only the first are shown. */
static void add_wait(struct explain_steps *steps, const struct result_reader *reader,
                     const char *what, const char *why)
{
    uint64_t lasted_ns =
        result_uint(reader->object, "until_ns") - result_uint(reader->object, "from_ns");
    char text[DURATION_TEXT_MAX];

    if (strcmp(steps->wait, reader->event) != 0)
        end_waits(steps);
    memcpy(steps->wait, reader->event, sizeof(steps->wait));
    if (steps->waits++ < WAITS_SHOWN)
        add_line(steps, reader->time_ns, "%s: waited %s; %s", what, duration_text(lasted_ns, text),
                 why);
    else
        steps->folded_ns += lasted_ns;
}

static void congestion_wait(struct explain_steps *steps, const struct result_reader *reader)
{
    uint64_t jiffies = result_uint(reader->object, "timeout_jiffies");
    const char *ended = result_text(reader->object, "ended");
    char limit[DURATION_TEXT_MAX];
    char what[96];

    duration_text(steps->hz ? jiffies * (NSEC_PER_SEC / steps->hz) : 0, limit);
    snprintf(what, sizeof(what), "congestion_wait(), at most %s", limit);
    add_wait(steps, reader, what,
             ended && strcmp(ended, "woken") == 0
                 ? "woken by a completion: a device's queue was no longer congested"
                 : "the timeout passed, no congested queue had drained");
}

static void schedule_timeout(struct explain_steps *steps, const struct result_reader *reader)
{
    add_wait(steps, reader, "schedule_timeout_uninterruptible()",
             "to let the OOM killer or its victim get on");
}

static void get_request_wait(struct explain_steps *steps, const struct result_reader *reader)
{
    const char *device = result_text(reader->object, "device");
    char why[128];

    snprintf(why, sizeof(why), "until a request of %.60s was free again", device ? device : "?");
    add_wait(steps, reader, "get_request_wait()", why);
}

static void wait_on_page_writeback(struct explain_steps *steps, const struct result_reader *reader)
{
    char why[64];

    snprintf(why, sizeof(why), "until page %" PRIu64 " was written",
             result_uint(reader->object, "pfn"));
    add_wait(steps, reader, "wait_on_page_writeback()", why);
}

/* The scheduler's account of a wait: only added up, the other events say what it was for. */
static void stall(struct explain_steps *steps, const struct result_reader *reader)
{
    const char *cause = result_text(reader->object, "cause");

    for (unsigned i = 0; cause && i < NR_STALLS; i++) {
        if (strcmp(cause, stall_name(i)) != 0)
            continue;
        steps->stalls[i]++;
        steps->stall_ns[i] +=
            result_uint(reader->object, "until_ns") - result_uint(reader->object, "from_ns");
    }
}

/* ---- the allocator ---- */

static const char *zone_of(const struct result_reader *reader)
{
    const char *zone = result_text(reader->object, "zone");

    return zone ? zone : "no zone";
}

static void kswapd_wake(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct cJSON *event = reader->object;
    uint64_t node = result_uint(event, "node");
    uint64_t order = result_uint(event, "kswapd_order");

    if (result_bool(event, "woken"))
        add_line(steps, reader->time_ns,
                 "wakeup_kswapd(): %s is low for order %" PRIu64 ", kswapd of node %" PRIu64
                 " slept and is woken",
                 zone_of(reader), order, node);
    else
        add_line(steps, reader->time_ns,
                 "wakeup_kswapd(): %s is low, kswapd of node %" PRIu64
                 " is awake and shall balance for order %" PRIu64 " next",
                 zone_of(reader), node, order);
}

static void extfrag(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct cJSON *event = reader->object;
    const char *wanted = result_text(event, "alloc_migratetype");
    const char *found = result_text(event, "fallback_migratetype");

    add_line(steps, reader->time_ns,
             "__rmqueue_fallback(): %s has no free %.20s block, takes a %.20s one of order %" PRIu64
             "%s",
             zone_of(reader), wanted ? wanted : "?", found ? found : "?",
             result_uint(event, "fallback_order"),
             result_bool(event, "change_ownership") ? " and retags its pageblock" : "");
}

static void zone_reclaim(struct explain_steps *steps, const struct result_reader *reader)
{
    uint64_t scanned = result_uint(reader->object, "scanned");
    uint64_t freed = result_uint(reader->object, "freed");
    char percent[PERCENT_TEXT_MAX];

    add_line(steps, reader->time_ns,
             "zone_reclaim() of %s: scanned %" PRIu64 ", freed %" PRIu64 " (%s); %s",
             zone_of(reader), scanned, freed, percent_text(freed, scanned, percent),
             result_uint(reader->object, "ret") ? "the zone is used at once"
                                                : "not enough, the next zone is tried");
}

static void out_of_memory(struct explain_steps *steps, const struct result_reader *reader)
{
    add_line(steps, reader->time_ns, "out_of_memory(): reclaim has found nothing to free");
}

static void oom_kill(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct cJSON *event = reader->object;
    const char *victim = result_text(event, "victim");
    uint64_t pid = result_uint(event, "pid");

    if (result_bool(event, "memdie"))
        add_line(steps, reader->time_ns,
                 "oom_kill_process(): kills %.60s (pid %" PRIu64 "), badness %" PRIu64
                 "; it may use the reserves now (TIF_MEMDIE)",
                 victim ? victim : "?", pid, result_uint(event, "points"));
    else
        add_line(steps, reader->time_ns,
                 "oom_kill_process(): kills %.60s (pid %" PRIu64
                 "), too, as it shares the victim's memory",
                 victim ? victim : "?", pid);
}

static void panic(struct explain_steps *steps, const struct result_reader *reader)
{
    add_line(steps, reader->time_ns,
             "out_of_memory(): nobody is left to be killed, the kernel would panic");
}

/* ---- direct reclaim ---- */

static void try_to_free_pages_begin(struct explain_steps *steps, const struct result_reader *reader)
{
    end_round(steps);
    steps->nr_rounds++;
    steps->round.begin_ns = reader->time_ns;
    add_line(steps, reader->time_ns, "try_to_free_pages(), round %" PRIu64, steps->nr_rounds);
}

static void try_to_free_pages_end(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct cJSON *event = reader->object;
    uint64_t scanned = result_uint(event, "scanned");
    uint64_t freed = result_uint(event, "freed");
    char text[DURATION_TEXT_MAX];
    char percent[PERCENT_TEXT_MAX];

    add_line(steps, reader->time_ns,
             "try_to_free_pages() is over after %s: scanned %" PRIu64 ", freed %" PRIu64
             " (%s), down to priority %" PRId64 "; %s",
             duration_text(reader->time_ns - result_uint(event, "from_ns"), text), scanned, freed,
             percent_text(freed, scanned, percent), result_int(event, "priority"),
             result_uint(event, "ret") ? "the zones are walked again" : "no progress");
    if (result_uint(event, "order") > 0)
        add_line(steps, reader->time_ns,
                 "drain_all_local_pages(): the per-CPU lists go back to the buddy lists");
    steps->round.scanned = scanned;
    steps->round.freed = freed;
}

static void priority(struct explain_steps *steps, const struct result_reader *reader)
{
    steps->priority = result_int(reader->object, "priority");
}

static void shrink_zone_begin(struct explain_steps *steps, const struct result_reader *reader)
{
    steps->priority = result_int(reader->object, "priority");
    steps->zone = (struct explain_zone){0};
}

static void shrink_active_list(struct explain_steps *steps, const struct result_reader *reader)
{
    steps->zone.active_scanned += result_uint(reader->object, "scanned");
    steps->zone.deactivated += result_uint(reader->object, "deactivated");
}

static void shrink_page_list(struct explain_steps *steps, const struct result_reader *reader)
{
    steps->zone.looked_at += result_uint(reader->object, "pages");
    steps->zone.activated += result_uint(reader->object, "activated");
    steps->zone.sync |= result_bool(reader->object, "sync");
}

static void shrink_zone_end(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct explain_zone *zone = &steps->zone;
    uint64_t scanned = result_uint(reader->object, "scanned");
    uint64_t freed = result_uint(reader->object, "freed");
    char active[96] = "";
    char percent[PERCENT_TEXT_MAX];

    if (scanned + zone->active_scanned == 0)
        return; /* the zone's lists owed nothing at this priority */
    if (zone->active_scanned)
        snprintf(active, sizeof(active), "; active list: %" PRIu64 " of %" PRIu64 " deactivated",
                 zone->deactivated, zone->active_scanned);
    add_line(steps, reader->time_ns,
             "  priority %" PRId64 ", %s: scanned %" PRIu64 ", freed %" PRIu64 " (%s), %" PRIu64
             " back to active%s%s",
             steps->priority, zone_of(reader), scanned, freed,
             percent_text(freed, scanned, percent), zone->activated, active,
             zone->sync ? "; lumpy: waited for their writeback" : "");
}

static void shrink_slab(struct explain_steps *steps, const struct result_reader *reader)
{
    const struct cJSON *event = reader->object;
    uint64_t objects = result_uint(event, "slabs_scanned");

    if (objects > 0)
        add_line(steps, reader->time_ns,
                 "  shrink_slab(): %" PRIu64 " objects scanned for %" PRIu64 " of %" PRIu64
                 " LRU pages, %" PRIu64 " freed",
                 objects, result_uint(event, "scanned"), result_uint(event, "lru_pages"),
                 result_uint(event, "ret"));
}

/* It is repeated at each priority: the first time is told. */
static void wakeup_pdflush(struct explain_steps *steps, const struct result_reader *reader)
{
    if (steps->round.pdflush_wakeups++ > 0)
        return;
    add_line(steps, reader->time_ns,
             "  wakeup_pdflush(): %" PRIu64 " pages are to be written in the background",
             result_uint(reader->object, "pages"));
}

/* ---- all of them ---- */

static const struct {
    const char *event;
    void (*add)(struct explain_steps *steps, const struct result_reader *reader);
    bool is_wait; /* a row of waits goes on */
} handlers[] = {
    {"kswapd_wake", kswapd_wake, false},
    {"extfrag", extfrag, false},
    {"zone_reclaim", zone_reclaim, false},
    {"out_of_memory", out_of_memory, false},
    {"oom_kill", oom_kill, false},
    {"panic", panic, false},
    {"try_to_free_pages_begin", try_to_free_pages_begin, false},
    {"try_to_free_pages_end", try_to_free_pages_end, false},
    {"priority", priority, false},
    {"shrink_zone_begin", shrink_zone_begin, false},
    {"shrink_active_list", shrink_active_list, true},
    {"shrink_page_list", shrink_page_list, true},
    {"shrink_zone_end", shrink_zone_end, false},
    {"shrink_slab", shrink_slab, false},
    {"wakeup_pdflush", wakeup_pdflush, false},
    {"congestion_wait", congestion_wait, true},
    {"schedule_timeout", schedule_timeout, true},
    {"get_request_wait", get_request_wait, true},
    {"wait_on_page_writeback", wait_on_page_writeback, true},
    {"stall", stall, true},
};

void explain_steps_add(struct explain_steps *steps, const struct result_reader *reader)
{
    for (unsigned i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (strcmp(reader->event, handlers[i].event) != 0)
            continue;
        if (!handlers[i].is_wait)
            end_waits(steps);
        handlers[i].add(steps, reader);
        return;
    }
}
