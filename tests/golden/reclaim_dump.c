/* SPDX-License-Identifier: MIT */
/* The state of reclaim in the vectors' text form. */
#include "base/units.h"
#include "golden_dump.h"
#include "reclaim_world.h"

/* The counters a vector shows, in its order; the names are the vectors' own. */
static const struct {
    const char *name;
    enum zone_stat_item item;
} counters[] = {
    {"inactive", NR_INACTIVE},   {"active", NR_ACTIVE},         {"anon", NR_ANON_PAGES},
    {"mapped", NR_FILE_MAPPED},  {"file", NR_FILE_PAGES},       {"dirty", NR_FILE_DIRTY},
    {"writeback", NR_WRITEBACK}, {"slab", NR_SLAB_RECLAIMABLE}, {"vmscan_write", NR_VMSCAN_WRITE}};

static const struct {
    const char *name;
    enum vm_event_item item;
} events[] =
    {{"allocstall", ALLOCSTALL},       {"pageoutrun", PAGEOUTRUN}, {"kswapd_steal", KSWAPD_STEAL},
     {"slabs_scanned", SLABS_SCANNED}, {"pgrotated", PGROTATED},   {"pgactivate", PGACTIVATE},
     {"pgdeactivate", PGDEACTIVATE},   {"pswpin", PSWPIN},         {"pswpout", PSWPOUT}},
  zone_events[] = {{"pgrefill", PGREFILL_ZONE0},
                   {"pgsteal", PGSTEAL_ZONE0},
                   {"pgscan_kswapd", PGSCAN_KSWAPD_ZONE0},
                   {"pgscan_direct", PGSCAN_DIRECT_ZONE0}};

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- dump ---- */

static void dump_devices(const struct reclaim_world *world, FILE *out)
{
    for (unsigned i = 0; i < DEVICES_MAX; i++) {
        const struct backing_dev *dev = &world->reclaim.devices[i];

        if (world->devices_shown >> i & 1)
            fprintf(out, "dev %u queued %" PRIu32 " congested %d next %" PRIu64 "\n", i,
                    dev->count[IO_WRITE], dev->congested[IO_WRITE],
                    dev->active ? dev->completes_ns / NSEC_PER_USEC : 0);
    }
    for (unsigned i = 0; i < WORLD_SHRINKERS; i++) {
        const struct world_shrinker *shrinker = &world->shrinkers[i];

        if (shrinker->registered)
            fprintf(out, "shrinker %u objects %" PRIu64 " pages %zu nr %" PRIu64 "\n", i,
                    shrinker->objects, shrinker->pages.count - shrinker->oldest,
                    shrinker->shrinker.nr);
    }
}

static void dump_pagevec(const struct pagevec *pvec, unsigned cpu, const char *name, FILE *out)
{
    if (pvec->nr == 0)
        return;
    fprintf(out, "pvec %u %s %" PRIu32 ":", cpu, name, pvec->nr);
    for (uint32_t i = 0; i < pvec->nr; i++)
        fprintf(out, " %" PRIu32, pvec->pages[i]);
    fputc('\n', out);
}

/* The letters of a page's state, in the vectors' order. */
static void dump_flags(struct reclaim_world *world, uint32_t pfn, FILE *out)
{
    const struct frame *frame = page_frame(&world->reclaim, (pfn_t){pfn});
    const struct lru_slot *slot = world_slot_of_page(world, (pfn_t){pfn});
    const struct {
        char letter;
        bool set;
    } flags[] = {
        {'a', page_owner_is_anon(page_owner(&world->reclaim, (pfn_t){pfn}))},
        {'r', frame->flags & PG_referenced},
        {'m', frame->mapcount},
        {'y', frame->mapcount && slot && slot->young},
        {'d', frame->flags & PG_dirty},
        {'w', frame->flags & PG_writeback},
        {'R', frame->flags & PG_reclaim},
        {'s', frame->flags & PG_swapcache},
        {'b', frame->flags & PG_private},
        {'k', frame->flags & PG_locked},
        {'l', slot && slot->mlocked},
    };
    bool any = false;

    for (unsigned i = 0; i < ARRAY_LENGTH(flags); i++) {
        if (!flags[i].set)
            continue;
        if (!any)
            fputc('/', out);
        any = true;
        fputc(flags[i].letter, out);
    }
}

static uint64_t list_length(const struct machine *machine, uint32_t list)
{
    const struct frame *frames = machine->frame_table.frames;
    uint64_t length = 0;

    for (uint32_t i = frames[list].next; i != list; i = frames[i].next)
        length++;
    return length;
}

static void dump_list(struct reclaim_world *world, const struct zone *zone, bool active, FILE *out)
{
    const struct frame *frames = world->machine.frame_table.frames;
    uint32_t list = zone_lru_list(zone, active);

    fprintf(out, "%s %u %s %" PRIu64 ":", active ? "active" : "inactive", zone->nid,
            machine_zone_name(&world->machine, zone->index), list_length(&world->machine, list));
    for (uint32_t i = frames[list].next; i != list; i = frames[i].next) {
        fprintf(out, " %" PRIu32, i);
        dump_flags(world, i, out);
    }
    fputc('\n', out);
}

static void dump_differences(const struct reclaim_world *world, const struct zone *zone, FILE *out)
{
    for (uint32_t cpu = 0; cpu < world->machine.nr_cpus; cpu++) {
        const int8_t *diff = zone->pageset[cpu].vm_stat_diff;
        bool any = false;

        for (unsigned i = 0; i < ARRAY_LENGTH(counters); i++)
            any |= diff[counters[i].item] != 0;
        if (!any)
            continue;
        fprintf(out, "vmdiff %u %s %" PRIu32, zone->nid,
                machine_zone_name(&world->machine, zone->index), cpu);
        for (unsigned i = 0; i < ARRAY_LENGTH(counters); i++)
            fprintf(out, " %d", diff[counters[i].item]);
        fputc('\n', out);
    }
}

static void dump_zone(struct reclaim_world *world, const struct zone *zone, FILE *out)
{
    const char *name = machine_zone_name(&world->machine, zone->index);

    fprintf(out,
            "scan %u %s nr_scan_active %" PRIu64 " nr_scan_inactive %" PRIu64
            " pages_scanned %" PRIu64 " prev_priority %" PRId32
            " all_unreclaimable %d reclaim_locked %d\n",
            zone->nid, name, zone->nr_scan_active, zone->nr_scan_inactive, zone->pages_scanned,
            zone->prev_priority, !!(zone->flags & ZONE_ALL_UNRECLAIMABLE),
            !!(zone->flags & ZONE_RECLAIM_LOCKED));
    fprintf(out, "vm %u %s", zone->nid, name);
    for (unsigned i = 0; i < ARRAY_LENGTH(counters); i++)
        fprintf(out, " %s %" PRId64, counters[i].name, zone->vm_stat[counters[i].item]);
    fputc('\n', out);
    dump_differences(world, zone, out);
    dump_list(world, zone, true, out);
    dump_list(world, zone, false, out);
}

static void dump_counters(const struct machine *machine, FILE *out)
{
    fprintf(out, "vmglobal");
    for (unsigned i = 0; i < ARRAY_LENGTH(counters); i++)
        fprintf(out, " %s %" PRId64, counters[i].name, machine->vm_stat[counters[i].item]);
    fprintf(out, "\nvmevents");
    for (unsigned i = 0; i < ARRAY_LENGTH(events); i++)
        fprintf(out, " %s %" PRIu64, events[i].name, machine->vm_events[events[i].item]);
    fputc('\n', out);
    for (unsigned i = 0; i < ARRAY_LENGTH(zone_events); i++) {
        fprintf(out, "%s", zone_events[i].name);
        for (unsigned index = 0; index < MAX_NR_ZONES; index++)
            fprintf(out, " %" PRIu64, machine->vm_events[zone_events[i].item + index]);
        fputc('\n', out);
    }
}

void world_dump(struct reclaim_world *world, FILE *out)
{
    const struct machine *machine = &world->machine;
    const struct swap *swap = &world->reclaim.swap;

    fprintf(out,
            "now %" PRIu64 " jiffies %" PRIu64 " swappiness %" PRIu32 " laptop_mode %" PRIu32
            " swap total %" PRIu64 " free %" PRIu64 " cache %" PRIu64 "\n",
            world_now_us(world), machine_jiffies(machine), machine->vm.swappiness,
            machine->vm.laptop_mode, swap->total_pages, swap->nr_free_pages, swap->cache_pages);
    dump_devices(world, out);
    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++) {
        const struct lru_pvecs *pvecs = &world->reclaim.lru_pvecs[cpu];

        dump_pagevec(&pvecs->add, cpu, "add", out);
        dump_pagevec(&pvecs->add_active, cpu, "add_active", out);
        dump_pagevec(&pvecs->rotate, cpu, "rotate", out);
    }
    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (zone_populated(&machine->zones[id]))
            dump_zone(world, &machine->zones[id], out);
    dump_counters(machine, out);
}

/* ---- sum ---- */

static void hash_add(uint64_t *hash, uint64_t value)
{
    *hash = (*hash ^ value) * UINT64_C(0x100000001b3);
}

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

static void hash_list(uint64_t *hash, const struct machine *machine, uint32_t list)
{
    const struct frame *frames = machine->frame_table.frames;

    for (uint32_t i = frames[list].next; i != list; i = frames[i].next)
        hash_add(hash, i);
    hash_add(hash, list_length(machine, list));
}

static uint64_t hash_zone(const struct machine *machine, const struct zone *zone)
{
    uint64_t hash = HASH_BEGIN;

    hash_list(&hash, machine, zone_lru_list(zone, true));
    hash_list(&hash, machine, zone_lru_list(zone, false));
    for (unsigned i = 0; i < ARRAY_LENGTH(counters); i++) {
        hash_add(&hash, (uint64_t)zone->vm_stat[counters[i].item]);
        for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
            hash_add(&hash, (uint64_t)(int64_t)zone->pageset[cpu].vm_stat_diff[counters[i].item]);
    }
    return hash;
}

static uint64_t hash_events(const struct machine *machine)
{
    uint64_t hash = HASH_BEGIN;

    for (unsigned i = 0; i < ARRAY_LENGTH(events); i++)
        hash_add(&hash, machine->vm_events[events[i].item]);
    for (unsigned i = 0; i < ARRAY_LENGTH(zone_events); i++)
        for (unsigned index = 0; index < MAX_NR_ZONES; index++)
            hash_add(&hash, machine->vm_events[zone_events[i].item + index]);
    return hash;
}

void world_sum(struct reclaim_world *world, FILE *out)
{
    const struct machine *machine = &world->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];

        if (!zone_populated(zone))
            continue;
        fprintf(out,
                "lsum %u %s %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRIu64 " %" PRIu64
                " %" PRIu64 " %" PRId32 " %d %016" PRIx64 "\n",
                zone->nid, machine_zone_name(machine, zone->index),
                list_length(machine, zone_lru_list(zone, true)),
                list_length(machine, zone_lru_list(zone, false)), zone->vm_stat[NR_ACTIVE],
                zone->vm_stat[NR_INACTIVE], zone->nr_scan_active, zone->nr_scan_inactive,
                zone->pages_scanned, zone->prev_priority, !!(zone->flags & ZONE_ALL_UNRECLAIMABLE),
                hash_zone(machine, zone));
    }
    fprintf(out,
            "gsum now %" PRIu64 " swapfree %" PRIu64 " swapcache %" PRIu64 " events %016" PRIx64
            "\n",
            world_now_us(world), world->reclaim.swap.nr_free_pages, world->reclaim.swap.cache_pages,
            hash_events(machine));
}
