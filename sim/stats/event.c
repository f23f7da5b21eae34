/* SPDX-License-Identifier: MIT */
/* The event lines. */
#include "stats/event.h"

#include "base/check.h"
#include "reclaim/reclaim.h"

static struct json_stream *begin(struct jsonl_writer *writer, const char *event)
{
    struct json_stream *json = jsonl_writer_begin(writer, "event");

    json_key_string(json, "event", event);
    return json;
}

static struct json_stream *begin_caused(struct jsonl_writer *writer, const char *event,
                                        const struct event_cause *cause)
{
    struct json_stream *json = begin(writer, event);
    char gfp[GFP_TEXT_MAX];

    json_key_uint(json, "time_ns", cause->time_ns);
    json_key_string(json, "task", cause->task);
    json_key_uint(json, "cpu", cause->cpu);
    json_key(json, "gfp");
    if (cause->has_request) {
        gfp_format(cause->gfp, gfp);
        json_string(json, gfp);
        json_key_uint(json, "order", cause->order);
    } else {
        json_null(json);
        json_key_string(json, "order", NULL);
    }
    return json;
}

static void write_zone_name(struct json_stream *json, const struct machine *machine,
                            const struct zone *zone)
{
    char label[ZONE_LABEL_MAX];

    json_key_string(json, "zone", zone ? zone_label(machine, zone, label) : NULL);
}

bool event_write_alloc_failure(struct jsonl_writer *writer, const struct machine *machine,
                               const struct failure *failure)
{
    failure_write(begin(writer, "alloc_failure"), machine, failure);
    return jsonl_writer_end(writer);
}

bool event_write_alloc_slow(struct jsonl_writer *writer, const struct machine *machine,
                            const struct failure *request, pfn_t page)
{
    struct json_stream *json = begin(writer, "alloc_slow");
    bool got = !pfn_is_none(page);

    failure_write(json, machine, request);
    write_zone_name(json, machine, got ? machine_pfn_zone(machine, page.nr) : NULL);
    json_key(json, "pfn");
    if (got)
        json_uint(json, page.nr);
    else
        json_null(json);
    return jsonl_writer_end(writer);
}

bool event_write_extfrag(struct jsonl_writer *writer, const struct machine *machine,
                         const struct event_cause *cause, const struct mm_extfrag *extfrag)
{
    struct json_stream *json = begin_caused(writer, "extfrag", cause);

    write_zone_name(json, machine, extfrag->zone);
    json_key_uint(json, "block_pfn", extfrag->block_pfn);
    json_key_uint(json, "alloc_order", extfrag->alloc_order);
    json_key_uint(json, "fallback_order", extfrag->fallback_order);
    json_key_string(json, "alloc_migratetype", migratetype_name(extfrag->alloc_migratetype));
    json_key_string(json, "fallback_migratetype", migratetype_name(extfrag->fallback_migratetype));
    json_key_bool(json, "change_ownership", extfrag->change_ownership);
    return jsonl_writer_end(writer);
}

bool event_write_kswapd_wake(struct jsonl_writer *writer, const struct machine *machine,
                             const struct event_cause *cause, const struct zone *zone,
                             unsigned order, bool woken)
{
    struct json_stream *json = begin_caused(writer, "kswapd_wake", cause);

    write_zone_name(json, machine, zone);
    json_key_uint(json, "node", zone->nid);
    json_key_uint(json, "kswapd_order", order);
    json_key_bool(json, "woken", woken);
    return jsonl_writer_end(writer);
}

/* ---- reclaim: for each kind its name and the members it has ---- */

/* Members beside the cause, written in this order. */
enum {
    HAS_ZONE = 1 << 0,
    HAS_NODE = 1 << 1,
    HAS_KSWAPD_ORDER = 1 << 2,
    HAS_OWN_REQUEST = 1 << 3, /* the event's order and gfp in place of the cause's */
    HAS_PRIORITY = 1 << 4,
    HAS_SYNC = 1 << 5,
    HAS_PAGES = 1 << 6,
    HAS_SCANNED = 1 << 7,
    HAS_FREED = 1 << 8,
    HAS_ACTIVATED = 1 << 9,
    HAS_DEACTIVATED = 1 << 10,
    HAS_LRU_PAGES = 1 << 11,
    HAS_SLABS_SCANNED = 1 << 12,
    HAS_RET = 1 << 13,
    HAS_DEVICE = 1 << 14,
    HAS_PFN = 1 << 15,
    HAS_TIMEOUT = 1 << 16,
    HAS_BEGIN = 1 << 17,
    HAS_WOKEN = 1 << 18,
    HAS_VICTIM = 1 << 19,
};

static const struct {
    const char *name;
    uint32_t members;
} kinds[RECLAIM_FIRST_PAGE_EVENT] = {
    [RECLAIM_KSWAPD_RUN] = {"kswapd_run", HAS_NODE | HAS_KSWAPD_ORDER},
    [RECLAIM_KSWAPD_SLEEP] = {"kswapd_sleep", HAS_NODE},
    [RECLAIM_BALANCE_BEGIN] = {"balance_pgdat_begin", HAS_NODE | HAS_KSWAPD_ORDER},
    [RECLAIM_BALANCE_END] = {"balance_pgdat_end",
                             HAS_NODE | HAS_KSWAPD_ORDER | HAS_SCANNED | HAS_FREED | HAS_RET},
    [RECLAIM_DIRECT_BEGIN] = {"try_to_free_pages_begin", HAS_OWN_REQUEST},
    [RECLAIM_DIRECT_END] = {"try_to_free_pages_end", HAS_OWN_REQUEST | HAS_ZONE | HAS_PRIORITY |
                                                         HAS_SCANNED | HAS_FREED | HAS_RET |
                                                         HAS_BEGIN},
    [RECLAIM_ZONE_RECLAIM] = {"zone_reclaim", HAS_ZONE | HAS_SCANNED | HAS_FREED | HAS_RET},
    [RECLAIM_PRIORITY] = {"priority", HAS_PRIORITY},
    [RECLAIM_CONGESTION_WAIT] = {"congestion_wait", HAS_TIMEOUT | HAS_BEGIN | HAS_WOKEN},
    [RECLAIM_SLEEP] = {"schedule_timeout", HAS_TIMEOUT | HAS_BEGIN},
    [RECLAIM_REQUEST_WAIT] = {"get_request_wait", HAS_DEVICE | HAS_BEGIN},
    [RECLAIM_PAGE_WAIT] = {"wait_on_page_writeback", HAS_PFN | HAS_BEGIN},
    [RECLAIM_WAKEUP_PDFLUSH] = {"wakeup_pdflush", HAS_PAGES},
    [RECLAIM_SHRINK_ZONE_BEGIN] = {"shrink_zone_begin", HAS_ZONE | HAS_PRIORITY},
    [RECLAIM_SHRINK_ZONE_END] = {"shrink_zone_end", HAS_ZONE | HAS_SCANNED | HAS_FREED},
    [RECLAIM_SHRINK_ACTIVE] = {"shrink_active_list",
                               HAS_ZONE | HAS_PAGES | HAS_SCANNED | HAS_DEACTIVATED},
    [RECLAIM_SHRINK_PAGE_LIST] = {"shrink_page_list", HAS_ZONE | HAS_SYNC | HAS_PAGES |
                                                          HAS_SCANNED | HAS_FREED | HAS_ACTIVATED},
    [RECLAIM_SHRINK_SLAB] = {"shrink_slab",
                             HAS_PAGES | HAS_SCANNED | HAS_LRU_PAGES | HAS_SLABS_SCANNED | HAS_RET},
    [RECLAIM_OOM] = {"out_of_memory", HAS_OWN_REQUEST},
    [RECLAIM_OOM_KILL] = {"oom_kill", HAS_VICTIM},
    [RECLAIM_OOM_PANIC] = {"panic", 0},
};

/* What happened where. */
static void write_place(struct json_stream *json, const struct machine *machine, uint32_t members,
                        const struct reclaim_event *event)
{
    if (members & HAS_ZONE)
        write_zone_name(json, machine, event->zone);
    if (members & HAS_NODE)
        json_key_uint(json, "node", event->nid);
    if (members & HAS_KSWAPD_ORDER)
        json_key_uint(json, "kswapd_order", event->order);
    if (members & HAS_PRIORITY)
        json_key_int(json, "priority", event->priority);
    if (members & HAS_SYNC)
        json_key_bool(json, "sync", event->sync);
    if (members & HAS_DEVICE)
        json_key_string(json, "device", reclaim_of(machine)->devices[event->dev].spec.name);
    if (members & HAS_PFN)
        json_key_uint(json, "pfn", event->pfn);
}

static void write_numbers(struct json_stream *json, uint32_t members,
                          const struct reclaim_event *event)
{
    const struct {
        uint32_t member;
        const char *name;
        uint64_t value;
    } numbers[] = {
        {HAS_PAGES, "pages", event->pages},
        {HAS_SCANNED, "scanned", event->scanned},
        {HAS_FREED, "freed", event->freed},
        {HAS_ACTIVATED, "activated", event->activated},
        {HAS_DEACTIVATED, "deactivated", event->deactivated},
        {HAS_LRU_PAGES, "lru_pages", event->lru_pages},
        {HAS_SLABS_SCANNED, "slabs_scanned", event->slabs_scanned},
        {HAS_RET, "ret", event->ret},
    };

    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (members & numbers[i].member)
            json_key_uint(json, numbers[i].name, numbers[i].value);
}

static void write_wait(struct json_stream *json, uint32_t members, uint64_t now_ns,
                       const struct reclaim_event *event)
{
    if (members & HAS_TIMEOUT)
        json_key_uint(json, "timeout_jiffies", event->timeout);
    if (members & HAS_BEGIN) {
        json_key_uint(json, "from_ns", event->begin_ns);
        json_key_uint(json, "until_ns", now_ns);
    }
    if (members & HAS_WOKEN)
        json_key_string(json, "ended", event->woken ? "woken" : "timeout");
}

static void write_victim(struct json_stream *json, const struct reclaim_event *event)
{
    json_key_string(json, "victim", event->process->comm);
    json_key_uint(json, "pid", event->process->pid);
    json_key_uint(json, "points", event->points);
    json_key_bool(json, "memdie", event->memdie);
}

bool event_write_reclaim(struct jsonl_writer *writer, const struct machine *machine,
                         const struct event_cause *cause, const struct reclaim_event *event)
{
    struct event_cause own = *cause;
    struct json_stream *json;
    uint32_t members;

    SIM_ASSERT(event->kind < RECLAIM_FIRST_PAGE_EVENT);
    members = kinds[event->kind].members;
    if (members & HAS_OWN_REQUEST) {
        own.has_request = true;
        own.gfp = event->gfp;
        own.order = event->order;
    }
    json = begin_caused(writer, kinds[event->kind].name, &own);
    write_place(json, machine, members, event);
    write_numbers(json, members, event);
    write_wait(json, members, cause->time_ns, event);
    if (members & HAS_VICTIM)
        write_victim(json, event);
    return jsonl_writer_end(writer);
}

/* ---- the rest ---- */

bool event_write_stall(struct jsonl_writer *writer, const struct event_cause *cause,
                       enum stall stall, uint64_t from_ns, uint64_t until_ns)
{
    struct json_stream *json = begin_caused(writer, "stall", cause);

    json_key_string(json, "cause", stall_name(stall));
    json_key_uint(json, "from_ns", from_ns);
    json_key_uint(json, "until_ns", until_ns);
    return jsonl_writer_end(writer);
}

bool event_write_bad_page(struct jsonl_writer *writer, const struct machine *machine,
                          const struct event_cause *cause, pfn_t page, uint32_t flags)
{
    struct json_stream *json = begin_caused(writer, "bad_page", cause);

    write_zone_name(json, machine, machine_pfn_zone(machine, page.nr));
    json_key_uint(json, "pfn", page.nr);
    json_key_uint(json, "flags", flags);
    return jsonl_writer_end(writer);
}

bool event_write_invalid_free(struct jsonl_writer *writer, const struct event_cause *cause,
                              uint64_t id, enum invalid_free reason)
{
    struct json_stream *json = begin_caused(writer, "invalid_free", cause);

    json_key_uint(json, "id", id);
    json_key_string(json, "reason", invalid_free_name(reason));
    return jsonl_writer_end(writer);
}

bool event_write_misuse(struct jsonl_writer *writer, const struct machine *machine,
                        const struct event_cause *cause, const char *call, uint64_t id,
                        const struct mm_misuse_report *report)
{
    struct json_stream *json = begin_caused(writer, "misuse", cause);

    json_key_string(json, "check", misuse_name(report->check));
    if (call) {
        json_key_string(json, "call", call);
        json_key_uint(json, "id", id);
    } else {
        json_key(json, "call");
        json_null(json);
        json_key(json, "id");
        json_null(json);
    }
    if (pfn_is_none(report->page)) {
        json_key(json, "zone");
        json_null(json);
        json_key(json, "pfn");
        json_null(json);
    } else {
        write_zone_name(json, machine, machine_pfn_zone(machine, report->page.nr));
        json_key_uint(json, "pfn", report->page.nr);
    }
    json_key_uint(json, "claimed_order", report->order);
    return jsonl_writer_end(writer);
}

bool event_write_sysctl(struct jsonl_writer *writer, const struct event_cause *cause,
                        enum vm_sysctl_id sysctl, const uint64_t *values)
{
    struct json_stream *json = begin_caused(writer, "sysctl", cause);

    json_key_string(json, "name", vm_sysctl_name(sysctl));
    json_key_array(json, "values");
    for (unsigned i = 0; i < vm_sysctl_nr_values(sysctl); i++)
        json_uint(json, values[i]);
    json_end_array(json);
    return jsonl_writer_end(writer);
}
