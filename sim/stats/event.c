/* SPDX-License-Identifier: MIT */
/* The event lines. */
#include "stats/event.h"

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

bool event_write_oom_kill(struct jsonl_writer *writer, const struct event_cause *cause,
                          const char *victim)
{
    struct json_stream *json = begin_caused(writer, "oom_kill", cause);

    json_key_string(json, "victim", victim);
    return jsonl_writer_end(writer);
}

bool event_write_stall(struct jsonl_writer *writer, const struct event_cause *cause,
                       enum alloc_stall stall, uint64_t from_ns, uint64_t until_ns)
{
    struct json_stream *json = begin_caused(writer, "stall", cause);

    json_key_string(json, "cause", alloc_stall_name(stall));
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
