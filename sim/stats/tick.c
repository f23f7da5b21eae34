/* SPDX-License-Identifier: MIT */
/* The tick line. */
#include "stats/tick.h"

#include "stats/fields.h"
#include "stats/run_fields.h"
#include "stats/zone_fields.h"

bool tick_write(struct jsonl_writer *writer, const struct machine *machine,
                const struct run_stats *stats)
{
    struct json_stream *json = jsonl_writer_begin(writer, "tick");

    json_key_uint(json, "time_ns", machine->clock->now_ns);
    json_key_uint(json, "jiffies", machine_jiffies(machine));
    json_key_array(json, "zones");
    for (unsigned i = 0; i < machine->nr_zones; i++) {
        if (!zone_shown(&machine->zones[i]))
            continue;
        json_begin_object(json);
        zone_fields_write(json, machine, &machine->zones[i]);
        json_end_object(json);
    }
    json_end_array(json);
    run_fields_write(json, machine, stats);
    return jsonl_writer_end(writer);
}
