/* SPDX-License-Identifier: MIT */
/* Copying when another has it too; a fork copies everything, or nothing. */
#include "lib/slow_sharing.h"

#include <stddef.h>

unsigned slow_owners(const struct slow_sharing *slow, uint32_t content, bool present_only)
{
    unsigned owners = 0;

    for (unsigned task = 0; task < SLOW_TASKS; task++)
        for (unsigned region = 0; region < SLOW_REGIONS; region++)
            for (unsigned page = 0; page < SLOW_REGION_PAGES; page++) {
                const struct slow_place *place = &slow->regions[task][region].places[page];

                owners += place->content == content && (place->present || !present_only);
            }
    return owners;
}

void slow_map(struct slow_sharing *slow, unsigned task, unsigned region, enum slow_kind kind)
{
    struct slow_region *fresh = &slow->regions[task][region];

    *fresh = (struct slow_region){.mapped = true, .kind = kind};
    if (kind == SLOW_SHARED)
        fresh->content = SLOW_SHMEM + SLOW_REGION_PAGES * slow->next_shmem++;
}

/* What a region has where nothing was written. */
static uint32_t first_content(const struct slow_region *region, unsigned page)
{
    switch (region->kind) {
    case SLOW_PRIVATE:
        return SLOW_NOTHING;
    case SLOW_SHARED:
        return region->content + page;
    case SLOW_FILE_PRIVATE:
    case SLOW_FILE_SHARED:
        break;
    }
    return 1 + page;
}

void slow_touch(struct slow_sharing *slow, unsigned task, unsigned nr, unsigned page, bool write)
{
    struct slow_region *region = &slow->regions[task][nr];
    struct slow_place *place = &region->places[page];
    bool is_private = region->kind == SLOW_PRIVATE || region->kind == SLOW_FILE_PRIVATE;
    bool own;

    if (place->content == SLOW_NOTHING)
        place->content = first_content(region, page);
    own = place->content >= SLOW_ANON && slow_owners(slow, place->content, false) == 1;
    if (place->content == SLOW_NOTHING || (is_private && write && !own)) {
        place->content = SLOW_ANON + slow->next_anon++;
        region->wrote = true;
    }
    place->present = true;
}

void slow_unmap(struct slow_sharing *slow, unsigned task, unsigned region)
{
    slow->regions[task][region] = (struct slow_region){.mapped = false};
}

void slow_fork(struct slow_sharing *slow, unsigned parent, unsigned child)
{
    slow->live[child] = true;
    for (unsigned region = 0; region < SLOW_REGIONS; region++) {
        struct slow_region *copy = &slow->regions[child][region];

        *copy = slow->regions[parent][region];
        for (unsigned page = 0; page < SLOW_REGION_PAGES && !copy->wrote; page++)
            copy->places[page] = (struct slow_place){.present = false};
    }
}

void slow_exit(struct slow_sharing *slow, unsigned task)
{
    slow->live[task] = false;
    for (unsigned region = 0; region < SLOW_REGIONS; region++)
        slow_unmap(slow, task, region);
}

void slow_take(struct slow_sharing *slow, uint32_t content)
{
    for (unsigned task = 0; task < SLOW_TASKS; task++)
        for (unsigned region = 0; region < SLOW_REGIONS; region++)
            for (unsigned page = 0; page < SLOW_REGION_PAGES; page++) {
                struct slow_place *place = &slow->regions[task][region].places[page];

                if (place->content != content)
                    continue;
                place->present = false;
                if (content < SLOW_ANON)
                    place->content = SLOW_NOTHING;
            }
}
