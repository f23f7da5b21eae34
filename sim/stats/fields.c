/* SPDX-License-Identifier: MIT */
/* The words of the output format. */
#include "stats/fields.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "base/units.h"

#define NR_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum watermark_level zone_watermark_level(const struct zone *zone)
{
    uint64_t free_pages = zone_page_state(zone, NR_FREE_PAGES);

    if (free_pages > zone->pages_high)
        return LEVEL_ABOVE_HIGH;
    if (free_pages > zone->pages_low)
        return LEVEL_LOW_TO_HIGH;
    if (free_pages > zone->pages_min)
        return LEVEL_MIN_TO_LOW;
    return LEVEL_BELOW_MIN;
}

const char *watermark_level_name(enum watermark_level level)
{
    static const char *const names[] = {
        [LEVEL_ABOVE_HIGH] = "above_high",
        [LEVEL_LOW_TO_HIGH] = "low_to_high",
        [LEVEL_MIN_TO_LOW] = "min_to_low",
        [LEVEL_BELOW_MIN] = "below_min",
    };
    static_assert(NR_ELEMENTS(names) == NR_LEVELS, "a name each");

    SIM_ASSERT(level < NR_LEVELS);
    return names[level];
}

const char *run_end_name(enum run_end end)
{
    static const char *const names[] = {
        [RUN_ENDED_IDLE] = "idle",
        [RUN_ENDED_DURATION] = "duration",
        [RUN_ENDED_INTERRUPTED] = "interrupted",
        [RUN_ENDED_PANIC] = "panic",
    };
    static_assert(NR_ELEMENTS(names) == NR_RUN_ENDS, "a name each");

    SIM_ASSERT(end < NR_RUN_ENDS);
    return names[end];
}

const char *invalid_free_name(enum invalid_free reason)
{
    static const char *const names[] = {
        [INVALID_FREE_UNKNOWN] = "unknown",
        [INVALID_FREE_DOUBLE] = "double",
        [INVALID_FREE_FAILED] = "failed_allocation",
    };
    static_assert(NR_ELEMENTS(names) == NR_INVALID_FREES, "a name each");

    SIM_ASSERT(reason < NR_INVALID_FREES);
    return names[reason];
}

const char *migratetype_name(enum migratetype type)
{
    static const char *const names[] = {
        [MIGRATE_UNMOVABLE] = "unmovable", [MIGRATE_RECLAIMABLE] = "reclaimable",
        [MIGRATE_MOVABLE] = "movable",     [MIGRATE_RESERVE] = "reserve",
        [MIGRATE_ISOLATE] = "isolate",
    };
    static_assert(NR_ELEMENTS(names) == MIGRATE_TYPES, "a name each");

    SIM_ASSERT(type < MIGRATE_TYPES);
    return names[type];
}

const char *writepage_name(enum writepage_kind kind)
{
    static const char *const names[] = {
        [WRITEPAGE_WRITES] = "writes",
        [WRITEPAGE_NONE] = "none",
        [WRITEPAGE_ACTIVATES] = "activates",
        [WRITEPAGE_REDIRTIES] = "redirties",
    };

    SIM_ASSERT(kind < NR_ELEMENTS(names));
    return names[kind];
}

const char *zonelist_order_name(enum zonelist_order order)
{
    static const char *const names[] = {
        [ZONELIST_ORDER_DEFAULT] = "default",
        [ZONELIST_ORDER_NODE] = "node",
        [ZONELIST_ORDER_ZONE] = "zone",
    };

    SIM_ASSERT(order < NR_ELEMENTS(names));
    return names[order];
}

const char *zone_label(const struct machine *machine, const struct zone *zone,
                       char label[static ZONE_LABEL_MAX])
{
    snprintf(label, ZONE_LABEL_MAX, "%u/%s", zone->nid, machine_zone_name(machine, zone->index));
    return label;
}

bool permille_of(uint64_t part, uint64_t whole, uint64_t *ret_permille)
{
    if (whole == 0)
        return false;
    if (part > UINT64_MAX / 1000 || whole > UINT64_MAX / 1000)
        *ret_permille = part / (whole / 1000 ? whole / 1000 : 1);
    else
        *ret_permille = part * 1000 / whole;
    return true;
}

const char *duration_text(uint64_t ns, char text[static DURATION_TEXT_MAX])
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{NSEC_PER_SEC, "s"}, {NSEC_PER_MSEC, "ms"}, {NSEC_PER_USEC, "us"}};

    for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (ns < units[i].ns)
            continue;
        snprintf(text, DURATION_TEXT_MAX, "%" PRIu64 ".%03u %s", ns / units[i].ns,
                 (unsigned)(ns % units[i].ns / (units[i].ns / 1000)), units[i].name);
        return text;
    }
    snprintf(text, DURATION_TEXT_MAX, "%u ns", (unsigned)ns);
    return text;
}

const char *percent_text(uint64_t part, uint64_t whole, char text[static PERCENT_TEXT_MAX])
{
    uint64_t permille = 0;

    permille_of(part, whole, &permille);
    snprintf(text, PERCENT_TEXT_MAX, "%" PRIu64 ".%u %%", permille / 10, (unsigned)(permille % 10));
    return text;
}
