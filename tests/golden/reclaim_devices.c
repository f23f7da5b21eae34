/* SPDX-License-Identifier: MIT */
/* The vectors' disks, files, swap space and slab caches. */
#include "base/units.h"
#include "mm/sysctl.h"
#include "mm/zone_page_state.h"
#include "reclaim_world.h"

enum { DEFAULT_DEVICES = 2, DEFAULT_SERVICE_US = 1000, DEFAULT_REQUESTS = 128 };

/* One page is one request: nothing is merged, nothing is sought. */
static struct backing_dev_spec device_spec(uint64_t service_us, unsigned cpu, uint32_t requests)
{
    return (struct backing_dev_spec){.name = "disk",
                                     .nr_requests = requests,
                                     .max_request_pages = 1,
                                     .cpu = cpu,
                                     .page_ns = service_us * NSEC_PER_USEC};
}

/* All there may be; those beyond the first two are synchronous until a line says otherwise. */
bool world_devices_init(struct reclaim_world *world)
{
    for (unsigned i = 0; i < DEVICES_MAX; i++) {
        struct backing_dev_spec spec =
            device_spec(i < DEFAULT_DEVICES ? DEFAULT_SERVICE_US : 0, 0, DEFAULT_REQUESTS);
        uint32_t number;

        if (!reclaim_add_device(&world->reclaim, &spec, &number))
            return false;
    }
    world->devices_shown = (1U << DEFAULT_DEVICES) - 1;
    for (unsigned i = 0; i < WORLD_FILES; i++) {
        world->files[i] = address_space_create(&world->reclaim, 1);
        if (!world->files[i])
            return false;
    }
    return true;
}

void world_devices_fini(struct reclaim_world *world)
{
    for (unsigned i = 0; i < WORLD_SHRINKERS; i++)
        vec_fini(&world->shrinkers[i].pages);
}

static void op_device(struct reclaim_world *world, const struct golden_words *words)
{
    uint64_t number = golden_uint(words, 1);
    struct backing_dev_spec spec = device_spec(
        golden_uint(words, 2), (unsigned)golden_uint(words, 3), (uint32_t)golden_uint(words, 4));

    if (number >= DEVICES_MAX)
        golden_fail(words, "no such device");
    backing_dev_change(&world->reclaim.devices[number], &spec);
    world->devices_shown |= 1U << number;
}

static void op_file(struct reclaim_world *world, const struct golden_words *words)
{
    uint64_t number = golden_uint(words, 1);
    uint64_t dev = golden_uint(words, 2);
    struct address_space *mapping;

    if (number >= WORLD_FILES || dev >= DEVICES_MAX)
        golden_fail(words, "no such file or device");
    mapping = world->files[number];
    world->reclaim.devices[mapping->backing_dev].nr_dirty_pages -= mapping->nr_dirty;
    world->reclaim.devices[dev].nr_dirty_pages += mapping->nr_dirty;
    mapping->backing_dev = (uint32_t)dev;
    if (golden_uint(words, 3))
        mapping->nr_mmap = 1;
    mapping->writepage = (uint8_t)golden_uint(words, 4);
}

static void op_swap(struct reclaim_world *world, const struct golden_words *words)
{
    const struct swap_spec spec = {
        .backing_dev = 0, .pages = golden_uint(words, 1), .priority = -1};

    if (spec.pages && !swapon(&world->reclaim, &spec))
        golden_fail(words, "out of memory");
}

/* ---- shrinkers ---- */

static struct world_shrinker *shrinker_of(struct reclaim_world *world,
                                          const struct golden_words *words)
{
    uint64_t number = golden_uint(words, 1);

    if (number >= WORLD_SHRINKERS)
        golden_fail(words, "no such shrinker");
    return &world->shrinkers[number];
}

static void free_slab_page(struct world_shrinker *shrinker, uint32_t pfn, struct task *task)
{
    struct reclaim_world *world = shrinker->world;
    struct zone *zone = page_zone(&world->reclaim, (pfn_t){pfn});

    dec_zone_state(&world->machine, zone, NR_SLAB_RECLAIMABLE, task->cpu);
    note_slab_pages_freed(&world->reclaim, task, 1);
    world_print(world, WORLD_TRACE_PAGES, "e slabfree %" PRIu32 "\n", pfn);
    free_pages(&world->machine, (pfn_t){pfn}, 0, task->cpu);
}

/* From the oldest page on; a page without objects is given back. */
static void free_objects(struct world_shrinker *shrinker, uint64_t count, struct task *task)
{
    shrinker->objects -= count;
    while (count > 0) {
        struct slab_page *page = &shrinker->pages.items[shrinker->oldest];
        uint32_t from_page = count < page->objects ? (uint32_t)count : page->objects;

        page->objects -= from_page;
        count -= from_page;
        if (page->objects == 0) {
            shrinker->oldest++;
            free_slab_page(shrinker, page->pfn, task);
        }
    }
}

static int64_t shrink(struct shrinker *self, uint64_t nr, uint32_t gfp, struct task *task)
{
    struct world_shrinker *shrinker = (struct world_shrinker *)self;
    uint64_t count = nr * shrinker->percent / 100;

    if (nr == 0)
        return (int64_t)shrinker->objects;
    if (shrinker->fs_only && !(gfp & GFP_BIT_FS))
        return -1;
    free_objects(shrinker, count < shrinker->objects ? count : shrinker->objects, task);
    return (int64_t)shrinker->objects;
}

static void op_shrinker(struct reclaim_world *world, const struct golden_words *words)
{
    struct world_shrinker *shrinker = shrinker_of(world, words);

    shrinker->world = world;
    shrinker->shrinker.shrink = shrink;
    shrinker->shrinker.seeks = (uint32_t)golden_uint(words, 2);
    shrinker->objects_per_page = (uint32_t)golden_uint(words, 3);
    shrinker->percent = (uint32_t)golden_uint(words, 4);
    shrinker->fs_only = golden_uint(words, 5);
    if (!shrinker->registered)
        register_shrinker(&world->reclaim, &shrinker->shrinker);
    shrinker->registered = true;
}

static void op_slab(struct reclaim_world *world, const struct golden_words *words)
{
    struct world_shrinker *shrinker = shrinker_of(world, words);
    int64_t count = golden_int(words, 2);
    int64_t got = 0;
    int64_t pfn = 0;

    world_enter(world, (unsigned)golden_uint(words, 3));
    world->script.waits = 0;
    for (; got < count; got++) {
        pfn = world_alloc(world, (uint32_t)golden_uint(words, 4), 0, (int)golden_int(words, 5));
        if (pfn < 0)
            break;
        if (!vec_push(&shrinker->pages,
                      ((struct slab_page){(uint32_t)pfn, shrinker->objects_per_page})))
            golden_fail(words, "out of memory");
        shrinker->objects += shrinker->objects_per_page;
        inc_zone_state(&world->machine, page_zone(&world->reclaim, (pfn_t){(uint32_t)pfn}),
                       NR_SLAB_RECLAIMABLE, world->cpu);
    }
    fprintf(world->script.out, "slab %s %" PRId64 "\n", words->word[1],
            pfn == WORLD_LOOP ? -1 : got);
}

static void op_slab_account(struct reclaim_world *world, const struct golden_words *words)
{
    world->machine.params.slab_reports_pages = golden_uint(words, 1);
}

static void op_dirty_ratio(struct reclaim_world *world, const struct golden_words *words)
{
    const uint64_t background = golden_uint(words, 1);
    const uint64_t dirty = golden_uint(words, 2);

    vm_sysctl_write(&world->machine, VM_DIRTY_BACKGROUND_RATIO, &background);
    vm_sysctl_write(&world->machine, VM_DIRTY_RATIO, &dirty);
}

const struct world_verb world_device_verbs[] = {
    {"dev", op_device},
    {"file", op_file},
    {"swap", op_swap},
    {"shrinker", op_shrinker},
    {"slab", op_slab},
    {"slabaccount", op_slab_account},
    {"dirty_ratio", op_dirty_ratio},
    {NULL, NULL},
};
