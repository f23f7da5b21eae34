/* SPDX-License-Identifier: MIT */
/* The report on one request. */
#include "stats/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "mm/gfp.h"
#include "stats/explain_steps.h"
#include "stats/fields.h"
#include "stats/refusal_words.h"

enum { KILLS_SHOWN = 5 };

/* What all other tasks did while the request was under way. */
struct meanwhile {
    uint64_t kswapd_passes;
    uint64_t kswapd_scanned;
    uint64_t kswapd_freed;
    uint64_t reclaims; /* direct ones */
    uint64_t scanned;
    uint64_t freed;
    uint64_t failures;
    uint64_t kills;
    struct strbuf killed;
};

struct report {
    const struct decision *decision;
    const char *task; /* NULL: unknown */
    uint64_t tick_ns;
    bool numa;
    struct strbuf zones; /* the last sample before */
    struct explain_steps steps;
    struct meanwhile meanwhile;
};

/* ---- small words ---- */

static void add_time(struct strbuf *out, const char *label, uint64_t time_ns)
{
    strbuf_addf(out, "%s%" PRIu64 ".%09" PRIu64 " s", label, time_ns / NSEC_PER_SEC,
                time_ns % NSEC_PER_SEC);
}

static uint32_t gfp_of(const struct cJSON *object)
{
    const char *text = result_text_or(object, "gfp", "0");
    struct sim_error err = {0};
    uint32_t gfp = 0;

    gfp_parse(text, strlen(text), &gfp, &err);
    return gfp;
}

/* ---- before ---- */

static void add_zones(struct report *report, const struct result_reader *reader)
{
    const struct cJSON *zones = result_member(reader->object, "zones");
    struct strbuf *out = &report->zones;

    add_time(out, "\nzones at the last sample before, ", reader->time_ns);
    strbuf_adds(out, "\n");
    for (const struct cJSON *zone = result_first(zones); zone; zone = result_next(zone))
        strbuf_addf(out,
                    "  %s: free %" PRIu64 ", %s (min %" PRIu64 " low %" PRIu64 " high %" PRIu64
                    "); active %" PRIu64 ", inactive %" PRIu64 ", dirty %" PRIu64
                    ", writeback %" PRIu64 "%s\n",
                    result_text_or(zone, "name", "?"), result_uint(zone, "nr_free_pages"),
                    result_text_or(zone, "level", "?"), result_uint(zone, "pages_min"),
                    result_uint(zone, "pages_low"), result_uint(zone, "pages_high"),
                    result_uint(zone, "nr_active"), result_uint(zone, "nr_inactive"),
                    result_uint(zone, "nr_dirty"), result_uint(zone, "nr_writeback"),
                    result_bool(zone, "all_unreclaimable") ? "; all_unreclaimable" : "");
}

static void take_header(struct report *report, const struct result_reader *reader)
{
    const struct cJSON *machine = result_member(result_member(reader->object, "config"), "machine");

    report->tick_ns = result_uint(reader->object, "tick_ns");
    report->numa = result_bool(machine, "numa");
    report->steps.hz = result_uint(machine, "hz");
}

/* ---- meanwhile ---- */

static void add_kill(struct meanwhile *meanwhile, const struct result_reader *reader)
{
    if (meanwhile->kills++ >= KILLS_SHOWN)
        return;
    add_time(&meanwhile->killed, "  at ", reader->time_ns);
    strbuf_addf(&meanwhile->killed, " %.60s made the OOM killer kill %.60s (pid %" PRIu64 ")\n",
                result_text_or(reader->object, "task", "somebody"),
                result_text_or(reader->object, "victim", "?"), result_uint(reader->object, "pid"));
}

static void add_other(struct meanwhile *meanwhile, const struct result_reader *reader)
{
    uint64_t scanned = result_uint(reader->object, "scanned");
    uint64_t freed = result_uint(reader->object, "freed");

    if (result_is_event(reader, "balance_pgdat_end")) {
        meanwhile->kswapd_passes++;
        meanwhile->kswapd_scanned += scanned;
        meanwhile->kswapd_freed += freed;
    } else if (result_is_event(reader, "try_to_free_pages_end")) {
        meanwhile->reclaims++;
        meanwhile->scanned += scanned;
        meanwhile->freed += freed;
    } else if (result_is_event(reader, "alloc_failure")) {
        meanwhile->failures++;
    } else if (result_is_event(reader, "oom_kill")) {
        add_kill(meanwhile, reader);
    }
}

static void format_meanwhile(struct strbuf *out, const struct meanwhile *meanwhile)
{
    char percent[PERCENT_TEXT_MAX];

    if (meanwhile->kswapd_passes + meanwhile->reclaims + meanwhile->failures + meanwhile->kills ==
        0)
        return;
    strbuf_adds(out, "\nmeanwhile\n");
    if (meanwhile->kswapd_passes)
        strbuf_addf(out,
                    "  kswapd: %" PRIu64 " x balance_pgdat(), scanned %" PRIu64 ", freed %" PRIu64
                    " (%s)\n",
                    meanwhile->kswapd_passes, meanwhile->kswapd_scanned, meanwhile->kswapd_freed,
                    percent_text(meanwhile->kswapd_freed, meanwhile->kswapd_scanned, percent));
    if (meanwhile->reclaims)
        strbuf_addf(out,
                    "  other tasks: %" PRIu64 " x try_to_free_pages(), scanned %" PRIu64
                    ", freed %" PRIu64 " (%s)\n",
                    meanwhile->reclaims, meanwhile->scanned, meanwhile->freed,
                    percent_text(meanwhile->freed, meanwhile->scanned, percent));
    if (meanwhile->failures)
        strbuf_addf(out, "  other tasks: %" PRIu64 " x no page\n", meanwhile->failures);
    strbuf_add(out, meanwhile->killed.data ? meanwhile->killed.data : "", meanwhile->killed.length);
    if (meanwhile->kills > KILLS_SHOWN)
        strbuf_addf(out, "  and %" PRIu64 " more kills\n", meanwhile->kills - KILLS_SHOWN);
}

/* ---- the request ---- */

/* How the request ended, from the kind of its last line. */
enum outcome { OUTCOME_FAILED, OUTCOME_SERVED, OUTCOME_UNFINISHED, OUTCOME_RECLAIMED };

static void format_title(struct strbuf *out, const struct report *report, enum outcome outcome)
{
    const struct decision *decision = report->decision;

    switch (outcome) {
    case OUTCOME_FAILED:
        strbuf_adds(out, "failed allocation");
        break;
    case OUTCOME_SERVED:
        strbuf_adds(out, "slow allocation");
        break;
    case OUTCOME_UNFINISHED:
        strbuf_adds(out, "unfinished allocation");
        break;
    case OUTCOME_RECLAIMED:
        strbuf_adds(out, "direct reclaim");
        break;
    }
    strbuf_addf(out, ", %" PRIu64 " of %" PRIu64 "\n", decision->rank, decision->of);
}

static void format_request(struct strbuf *out, const struct report *report,
                           const struct cJSON *last, enum outcome outcome)
{
    static const char *const ends[] = {
        [OUTCOME_FAILED] = ", refused at ",
        [OUTCOME_SERVED] = ", served at ",
        [OUTCOME_UNFINISHED] = ", not served when the run ended at ",
        [OUTCOME_RECLAIMED] = ", over at ",
    };
    const struct decision *decision = report->decision;
    const char *call = result_text(last, "call");
    uint64_t order = result_uint(last, "order");
    char text[DURATION_TEXT_MAX];

    strbuf_addf(out, "  %s on CPU %" PRIu64 " asked for order %" PRIu64 " (%" PRIu64 " page%s), %s",
                result_text_or(last, "task", "an unknown task"), result_uint(last, "cpu"), order,
                UINT64_C(1) << (order & 31), order ? "s" : "", result_text_or(last, "gfp", "0"));
    if (outcome != OUTCOME_RECLAIMED)
        strbuf_addf(out, ", by the zonelist of node %" PRIu64, result_uint(last, "node"));
    if (call)
        strbuf_addf(out, ", within %s()", call);
    add_time(out, "\n  asked at ", decision->begin_ns);
    add_time(out, ends[outcome], decision->end_ns);
    strbuf_addf(out, ", %s later\n", duration_text(decision->end_ns - decision->begin_ns, text));
}

static void format_refusals(struct strbuf *out, const struct cJSON *last)
{
    strbuf_adds(out, "\nthe last walk over the zonelist that brought no page\n");
    if (!refusal_words_add(out, last, "  ", "\n"))
        strbuf_adds(out, "  asked no zone\n");
}

/* Why it did not go round once more. Kernel: mm/page_alloc.c __alloc_pages() [2.6.24] */
static const char *give_up_reason(const struct report *report, const struct cJSON *last)
{
    uint32_t gfp = gfp_of(last);
    uint64_t order = result_uint(last, "order");

    if (order >= MAX_ORDER)
        return "no zone has blocks of that order";
    if (report->numa && (gfp & GFP_THISNODE) == GFP_THISNODE)
        return "GFP_THISNODE neither reclaims nor waits: its caller tries another node";
    if (!(gfp & GFP_BIT_WAIT))
        return "without __GFP_WAIT it may neither reclaim nor wait";
    if (result_uint(last, "direct_reclaims") == 0)
        return "the task may use the reserves (PF_MEMALLOC or TIF_MEMDIE) but not reclaim, and "
               "they had no page";
    if (gfp & GFP_BIT_NORETRY)
        return "__GFP_NORETRY: it does not try again after its reclaim";
    if (order > PAGE_ALLOC_COSTLY_ORDER && !(gfp & (GFP_BIT_REPEAT | GFP_BIT_NOFAIL)))
        return "an order above 3 is not tried again without __GFP_REPEAT, and nobody is killed for "
               "it";
    return "the task was killed (TIF_MEMDIE), and the reserves had no page";
}

static void format_end(struct strbuf *out, const struct report *report, const struct cJSON *last,
                       enum outcome outcome)
{
    strbuf_adds(out, "\nend\n");
    switch (outcome) {
    case OUTCOME_FAILED:
        strbuf_addf(out, "  no page: %s\n", give_up_reason(report, last));
        break;
    case OUTCOME_SERVED:
        strbuf_addf(out, "  page %" PRIu64 " of %s\n", result_uint(last, "pfn"),
                    result_text_or(last, "zone", "?"));
        break;
    case OUTCOME_UNFINISHED:
        strbuf_adds(out, "  none: the run ended first\n");
        break;
    case OUTCOME_RECLAIMED:
        strbuf_adds(out, "  how the allocation ended is not in the file\n");
        return;
    }
    strbuf_addf(out,
                "  direct reclaims %" PRIu64 ", congestion waits of the allocator %" PRIu64
                ", calls of the OOM killer %" PRIu64 "\n",
                result_uint(last, "direct_reclaims"), result_uint(last, "congestion_waits"),
                result_uint(last, "ooms"));
}

static void format_times(struct strbuf *out, const struct report *report)
{
    const struct explain_steps *steps = &report->steps;
    uint64_t left_ns = report->decision->end_ns - report->decision->begin_ns;
    char text[DURATION_TEXT_MAX];

    if (left_ns == 0 || report->decision->line == RESULT_NO_LINE)
        return;
    strbuf_addf(out, "\nwhere the %s went\n", duration_text(left_ns, text));
    for (unsigned i = 0; i < NR_STALLS; i++) {
        if (steps->stalls[i] == 0)
            continue;
        strbuf_addf(out, "  %-21s %12s, %" PRIu64 " x\n", stall_name(i),
                    duration_text(steps->stall_ns[i], text), steps->stalls[i]);
        left_ns -= steps->stall_ns[i] < left_ns ? steps->stall_ns[i] : left_ns;
    }
    strbuf_addf(out, "  %-21s %12s\n", "on a CPU, or for one", duration_text(left_ns, text));
}

static void append(struct strbuf *out, const struct strbuf *from)
{
    out->failed |= from->failed;
    if (from->length)
        strbuf_add(out, from->data, from->length);
}

static enum outcome outcome_of(const struct result_reader *reader)
{
    if (result_is_event(reader, "try_to_free_pages_end"))
        return OUTCOME_RECLAIMED;
    if (!result_is_event(reader, "alloc_slow"))
        return OUTCOME_FAILED;
    return result_text(reader->object, "zone") ? OUTCOME_SERVED : OUTCOME_UNFINISHED;
}

static void format_report(struct strbuf *out, struct report *report, const struct cJSON *last,
                          enum outcome outcome)
{
    explain_steps_end(&report->steps);
    format_title(out, report, outcome);
    format_request(out, report, last, outcome);
    append(out, &report->zones);
    if (outcome != OUTCOME_RECLAIMED)
        format_refusals(out, last);
    if (report->steps.text.length)
        strbuf_adds(out, "\nsteps\n");
    append(out, &report->steps.text);
    format_meanwhile(out, &report->meanwhile);
    out->failed |= report->meanwhile.killed.failed;
    format_end(out, report, last, outcome);
    format_times(out, report);
}

/* ---- reading ---- */

/*
 * Whose request it is stands in its last line only, so the file is read up to there once more.
 * False: err is set.
 */
static bool find_task(struct result_reader *reader, const struct decision *decision,
                      struct strbuf *task, bool *ret_known, struct sim_error *err)
{
    const char *name;

    if (!result_reader_rewind(reader, err))
        return false;
    do {
        if (!result_reader_next(reader, err))
            return sim_error_set(err, ERR_READ, "'%.180s' has become shorter", reader->path);
    } while (reader->number < decision->line);
    if (!result_parse(reader, err))
        return false;
    name = result_text(reader->object, "task");
    *ret_known = name;
    strbuf_adds(task, name ? name : "");
    return !task->failed || sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the explanation");
}

static bool of_the_task(const struct report *report, const struct cJSON *event)
{
    const char *task = result_text(event, "task");

    return report->task ? task && strcmp(task, report->task) == 0 : !task;
}

/* A line before the last one; those before the request tell nothing but the state of the zones. */
static bool take_line(struct report *report, struct result_reader *reader, struct sim_error *err)
{
    uint64_t begin_ns = report->decision->begin_ns;
    bool header = reader->type == RESULT_HEADER;
    bool sample = reader->type == RESULT_TICK && report->tick_ns > 0 &&
                  reader->time_ns == begin_ns - begin_ns % report->tick_ns;
    bool event = reader->type == RESULT_EVENT && reader->time_ns >= begin_ns;

    if (!header && !sample && !event)
        return true;
    if (!result_parse(reader, err))
        return false;
    if (header)
        take_header(report, reader);
    else if (sample)
        add_zones(report, reader);
    else if (!of_the_task(report, reader->object))
        add_other(&report->meanwhile, reader);
    else if (result_is_event(reader, "alloc_failure") || result_is_event(reader, "alloc_slow"))
        explain_steps_reset(&report->steps); /* of the same moment: it was the request before */
    else
        explain_steps_add(&report->steps, reader);
    return true;
}

static bool read_events(struct strbuf *out, struct report *report, struct result_reader *reader,
                        struct sim_error *err)
{
    bool ok = result_reader_rewind(reader, err);

    while (ok && result_reader_next(reader, err) && reader->number < report->decision->line)
        ok = take_line(report, reader, err);
    ok = ok && !sim_error_is_set(err) && result_parse(reader, err);
    if (!ok)
        return false;
    if (outcome_of(reader) == OUTCOME_RECLAIMED)
        explain_steps_add(&report->steps, reader);
    format_report(out, report, reader->object, outcome_of(reader));
    return true;
}

/* A failure of a run without events: the summary has its reasons, nobody has its steps. */
static bool read_summary(struct strbuf *out, struct report *report, struct result_reader *reader,
                         struct sim_error *err)
{
    const struct cJSON *kept;
    bool ok = result_reader_rewind(reader, err);

    while (ok && result_reader_next(reader, err) && reader->type != RESULT_SUMMARY)
        ok = take_line(report, reader, err);
    if (!ok || sim_error_is_set(err) || !result_parse(reader, err))
        return false;
    kept = result_first(result_member(result_member(reader->object, "failures"), "first"));
    for (uint64_t i = 0; kept && i < report->decision->index; i++)
        kept = result_next(kept);
    format_report(out, report, kept, OUTCOME_FAILED);
    strbuf_adds(out, "\nthe run was recorded without --events: the steps between are not known\n");
    return true;
}

bool explain_format(struct strbuf *out, struct result_reader *reader,
                    const struct decision *decision, struct sim_error *err)
{
    struct report report = {.decision = decision, .steps.begin_ns = decision->begin_ns};
    struct strbuf task = {0};
    bool known = false;
    bool ok;

    if (decision->line == RESULT_NO_LINE) {
        ok = read_summary(out, &report, reader, err);
    } else {
        ok = find_task(reader, decision, &task, &known, err);
        report.task = known ? task.data : NULL;
        ok = ok && read_events(out, &report, reader, err);
    }
    if (ok && out->failed)
        ok = sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the explanation");
    strbuf_fini(&task);
    strbuf_fini(&report.zones);
    strbuf_fini(&report.meanwhile.killed);
    explain_steps_fini(&report.steps);
    return ok;
}
