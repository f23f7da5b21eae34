/* SPDX-License-Identifier: MIT */
/* The slow model's reclaim state in the vectors' text form. */
#include <inttypes.h>

#include "lib/slow_reclaim.h"

static const char *const item_names[] = {"inactive", "active",    "anon", "mapped",      "file",
                                         "dirty",    "writeback", "slab", "vmscan_write"};
static const char *const event_names[SLOW_EVENTS] = {"allocstall",    "pageoutrun", "kswapd_steal",
                                                     "slabs_scanned", "pgrotated",  "pgactivate",
                                                     "pgdeactivate",  "pswpin",     "pswpout"};
static const char *const zone_event_names[SLOW_ZONE_EVENTS] = {"pgrefill", "pgsteal",
                                                               "pgscan_kswapd", "pgscan_direct"};

static uint64_t length_of(const struct slow_link *list)
{
    uint64_t length = 0;

    for (const struct slow_link *link = list->next; link != list; link = link->next)
        length++;
    return length;
}

/* ---- dump ---- */

static void dump_devices(const struct slow_reclaim *r, FILE *out)
{
    for (unsigned i = 0; i < SLOW_DEVICES; i++) {
        const struct slow_device *device = &r->devices[i];

        if (device->shown)
            fprintf(out, "dev %u queued %" PRIu64 " congested %d next %" PRIu64 "\n", i,
                    device->count, device->congested, device->count ? device->completes_us : 0);
    }
    for (unsigned i = 0; i < SLOW_SHRINKERS; i++) {
        const struct slow_shrinker *s = &r->shrinkers[i];

        if (s->registered)
            fprintf(out, "shrinker %u objects %" PRIu64 " pages %" PRIu64 " nr %" PRIu64 "\n", i,
                    s->objects, s->nr_pages, s->deferred);
    }
}

static void dump_pvecs(const struct slow_reclaim *r, FILE *out)
{
    static const char *const names[SLOW_PVECS] = {"add", "add_active", "rotate"};

    for (unsigned cpu = 0; cpu < r->mm.nr_cpus; cpu++) {
        for (unsigned kind = 0; kind < SLOW_PVECS; kind++) {
            const struct slow_pagevec *pvec = &r->pvecs[cpu][kind];

            if (pvec->nr == 0)
                continue;
            fprintf(out, "pvec %u %s %u:", cpu, names[kind], pvec->nr);
            for (unsigned i = 0; i < pvec->nr; i++)
                fprintf(out, " %" PRIu64, slow_pfn(&r->mm, pvec->pages[i]));
            fputc('\n', out);
        }
    }
}

static void dump_page(struct slow_reclaim *r, const struct slow_page *page, FILE *out)
{
    const struct slow_user_page *u = &page->user;
    const struct slow_slot *slot = slow_slot_of(r, page);
    const struct {
        char letter;
        bool set;
    } letters[] = {{'a', u->anon},
                   {'r', u->referenced},
                   {'m', u->mapcount},
                   {'y', u->mapcount && slot && slot->young},
                   {'d', u->dirty},
                   {'w', u->writeback},
                   {'R', u->reclaim},
                   {'s', u->swapcache},
                   {'b', u->buffers},
                   {'k', u->locked},
                   {'l', slot && slot->mlocked}};
    const char *before = "/";

    fprintf(out, " %" PRIu64, slow_pfn(&r->mm, page));
    for (unsigned i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (letters[i].set) {
            fprintf(out, "%s%c", before, letters[i].letter);
            before = "";
        }
    }
}

static void dump_list(struct slow_reclaim *r, const struct slow_zone *zone, const char *name,
                      const struct slow_link *list, FILE *out)
{
    fprintf(out, "%s %u %s %" PRIu64 ":", name, zone->nid, slow_name(r, zone), length_of(list));
    for (const struct slow_link *link = list->next; link != list; link = link->next)
        dump_page(r, (const struct slow_page *)link, out);
    fputc('\n', out);
}

static void dump_diffs(const struct slow_reclaim *r, const struct slow_zone *zone, FILE *out)
{
    for (unsigned cpu = 0; cpu < r->mm.nr_cpus; cpu++) {
        const int *diff = zone->pageset[cpu].diff;
        bool any = false;

        for (unsigned item = SLOW_INACTIVE; item < SLOW_ITEMS; item++)
            any |= diff[item] != 0;
        if (!any)
            continue;
        fprintf(out, "vmdiff %u %s %u", zone->nid, slow_name(r, zone), cpu);
        for (unsigned item = SLOW_INACTIVE; item < SLOW_ITEMS; item++)
            fprintf(out, " %d", diff[item]);
        fputc('\n', out);
    }
}

static void dump_zone(struct slow_reclaim *r, const struct slow_zone *zone, FILE *out)
{
    fprintf(out,
            "scan %u %s nr_scan_active %" PRIu64 " nr_scan_inactive %" PRIu64
            " pages_scanned %" PRIu64
            " prev_priority %d all_unreclaimable %d reclaim_locked %d\nvm %u %s",
            zone->nid, slow_name(r, zone), zone->nr_scan_active, zone->nr_scan_inactive,
            zone->pages_scanned, zone->prev_priority, zone->all_unreclaimable, zone->reclaim_locked,
            zone->nid, slow_name(r, zone));
    for (unsigned item = SLOW_INACTIVE; item < SLOW_ITEMS; item++)
        fprintf(out, " %s %" PRId64, item_names[item - SLOW_INACTIVE], zone->stat[item]);
    fputc('\n', out);
    dump_diffs(r, zone, out);
    dump_list(r, zone, "active", &zone->active_list, out);
    dump_list(r, zone, "inactive", &zone->inactive_list, out);
}

static void dump_counters(struct slow_reclaim *r, FILE *out)
{
    fprintf(out, "vmglobal");
    for (unsigned item = SLOW_INACTIVE; item < SLOW_ITEMS; item++) {
        int64_t sum = 0;

        for_each_slow_zone(&r->mm, zone) sum += zone->stat[item];
        fprintf(out, " %s %" PRId64, item_names[item - SLOW_INACTIVE], sum);
    }
    fprintf(out, "\nvmevents");
    for (unsigned i = 0; i < SLOW_EVENTS; i++)
        fprintf(out, " %s %" PRIu64, event_names[i], r->events[i]);
    fputc('\n', out);
    for (unsigned i = 0; i < SLOW_ZONE_EVENTS; i++) {
        fprintf(out, "%s", zone_event_names[i]);
        for (unsigned index = 0; index < MAX_NR_ZONES; index++)
            fprintf(out, " %" PRIu64, r->zone_events[i][index]);
        fputc('\n', out);
    }
}

void slow_reclaim_dump(struct slow_reclaim *r, FILE *out)
{
    fprintf(out,
            "now %" PRIu64 " jiffies %" PRIu64 " swappiness %" PRId64 " laptop_mode %" PRIu64
            " swap total %" PRIu64 " free %" PRIu64 " cache %" PRIu64 "\n",
            r->now_us, r->mm.jiffies, r->swappiness, r->laptop_mode, r->swap_total, r->swap_free,
            r->swap_cache);
    dump_devices(r, out);
    dump_pvecs(r, out);
    for_each_slow_zone(&r->mm, zone) if (slow_populated(zone)) dump_zone(r, zone, out);
    dump_counters(r, out);
}

/* ---- sum ---- */

static void add(uint64_t *hash, uint64_t value)
{
    *hash ^= value;
    *hash *= UINT64_C(0x100000001b3);
}

static void add_list(uint64_t *hash, const struct slow_mm *mm, const struct slow_link *list)
{
    for (const struct slow_link *link = list->next; link != list; link = link->next)
        add(hash, slow_pfn(mm, (const struct slow_page *)link));
    add(hash, length_of(list));
}

static void sum_zone(const struct slow_reclaim *r, const struct slow_zone *zone, FILE *out)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    add_list(&hash, &r->mm, &zone->active_list);
    add_list(&hash, &r->mm, &zone->inactive_list);
    for (unsigned item = SLOW_INACTIVE; item < SLOW_ITEMS; item++) {
        add(&hash, (uint64_t)zone->stat[item]);
        for (unsigned cpu = 0; cpu < r->mm.nr_cpus; cpu++)
            add(&hash, (uint64_t)(int64_t)zone->pageset[cpu].diff[item]);
    }
    fprintf(out,
            "lsum %u %s %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRIu64 " %" PRIu64
            " %" PRIu64 " %d %d %016" PRIx64 "\n",
            zone->nid, slow_name(r, zone), length_of(&zone->active_list),
            length_of(&zone->inactive_list), zone->stat[SLOW_ACTIVE], zone->stat[SLOW_INACTIVE],
            zone->nr_scan_active, zone->nr_scan_inactive, zone->pages_scanned, zone->prev_priority,
            zone->all_unreclaimable, hash);
}

void slow_reclaim_sum(struct slow_reclaim *r, FILE *out)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for_each_slow_zone(&r->mm, zone) if (slow_populated(zone)) sum_zone(r, zone, out);
    for (unsigned i = 0; i < SLOW_EVENTS; i++)
        add(&hash, r->events[i]);
    for (unsigned i = 0; i < SLOW_ZONE_EVENTS; i++)
        for (unsigned index = 0; index < MAX_NR_ZONES; index++)
            add(&hash, r->zone_events[i][index]);
    fprintf(out,
            "gsum now %" PRIu64 " swapfree %" PRIu64 " swapcache %" PRIu64 " events %016" PRIx64
            "\n",
            r->now_us, r->swap_free, r->swap_cache, hash);
}
