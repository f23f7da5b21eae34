/* SPDX-License-Identifier: MIT */
/* The paths of mm/slub.c one after the other, without any thought of speed. */
#include "lib/slow_slub.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

void slow_slub_init(struct slow_slub *slub, unsigned objects, unsigned nr_cpus, unsigned nr_nodes)
{
    *slub = (struct slow_slub){.objects = objects, .nr_cpus = nr_cpus, .nr_nodes = nr_nodes};
    for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
        slub->cpus[cpu].slab = SLOW_NO_SLAB;
        slub->cpus[cpu].freelist = calloc(objects, sizeof(uint16_t));
        SIM_ASSERT(slub->cpus[cpu].freelist);
    }
}

void slow_slub_fini(struct slow_slub *slub)
{
    for (unsigned i = 0; i < SLOW_SLABS_MAX; i++)
        free(slub->slabs[i].freelist);
    for (unsigned cpu = 0; cpu < slub->nr_cpus; cpu++)
        free(slub->cpus[cpu].freelist);
}

static int find_slab(const struct slow_slub *slub, uint32_t page)
{
    for (int i = 0; i < SLOW_SLABS_MAX; i++)
        if (slub->slabs[i].exists && slub->slabs[i].page == page)
            return i;
    SIM_ASSERT(false);
    return SLOW_NO_SLAB;
}

static void insert_partial(struct slow_slub *slub, int slab, bool tail)
{
    struct slow_node *node = &slub->nodes[slub->slabs[slab].nid];
    unsigned at = tail ? node->nr_partial : 0;

    memmove(&node->partial[at + 1], &node->partial[at],
            (node->nr_partial - at) * sizeof(node->partial[0]));
    node->partial[at] = slab;
    node->nr_partial++;
}

static void remove_partial(struct slow_slub *slub, int slab)
{
    struct slow_node *node = &slub->nodes[slub->slabs[slab].nid];
    unsigned at = 0;

    while (node->partial[at] != slab)
        SIM_ASSERT(++at < node->nr_partial);
    node->nr_partial--;
    memmove(&node->partial[at], &node->partial[at + 1],
            (node->nr_partial - at) * sizeof(node->partial[0]));
}

static void discard(struct slow_slub *slub, int slab)
{
    slub->nodes[slub->slabs[slab].nid].nr_slabs--;
    slub->discarded++;
    free(slub->slabs[slab].freelist);
    slub->slabs[slab] = (struct slow_slab){.exists = false};
}

static void deactivate(struct slow_slub *slub, unsigned cpu)
{
    struct slow_cpu *c = &slub->cpus[cpu];
    struct slow_slab *slab = &slub->slabs[c->slab];
    int index = c->slab;

    while (c->nr_free > 0) {
        slab->freelist[slab->nr_free++] = c->freelist[--c->nr_free];
        slab->inuse--;
    }
    c->slab = SLOW_NO_SLAB;
    slab->frozen = false;
    if (slab->inuse > 0 && slab->nr_free > 0)
        insert_partial(slub, index, false);
    else if (slab->inuse == 0 && slub->nodes[slab->nid].nr_partial < 5)
        insert_partial(slub, index, true);
    else if (slab->inuse == 0)
        discard(slub, index);
}

static bool freeze_first_partial(struct slow_slub *slub, unsigned cpu, unsigned nid)
{
    int slab;

    if (slub->nodes[nid].nr_partial == 0)
        return false;
    slab = slub->nodes[nid].partial[0];
    remove_partial(slub, slab);
    slub->slabs[slab].frozen = true;
    slub->cpus[cpu].slab = slab;
    return true;
}

static bool get_partial(struct slow_slub *slub, const struct slow_slub_call *call)
{
    if (freeze_first_partial(slub, call->cpu, call->nid < 0 ? call->cpu_nid : (unsigned)call->nid))
        return true;
    if (call->thisnode || call->nr_zonelist == 0 || slub->looks++ * 635 % 1024 > 100)
        return false;
    for (unsigned i = 0; i < call->nr_zonelist; i++)
        if (slub->nodes[call->zonelist_nids[i]].nr_partial > 5)
            return freeze_first_partial(slub, call->cpu, call->zonelist_nids[i]);
    return false;
}

static void new_slab(struct slow_slub *slub, const struct slow_slub_call *call)
{
    struct slow_slab *slab;
    int index = 0;

    while (slub->slabs[index].exists)
        SIM_ASSERT(++index < SLOW_SLABS_MAX);
    slab = &slub->slabs[index];
    *slab = (struct slow_slab){.exists = true, .page = call->new_page.nr, .nid = call->new_nid};
    slab->freelist = calloc(slub->objects, sizeof(uint16_t));
    SIM_ASSERT(slab->freelist);
    for (unsigned object = slub->objects; object-- > 0;)
        slab->freelist[slab->nr_free++] = (uint16_t)object;
    slub->nodes[call->new_nid].nr_slabs++;
    if (slub->cpus[call->cpu].slab != SLOW_NO_SLAB)
        deactivate(slub, call->cpu);
    slab->frozen = true;
    slub->cpus[call->cpu].slab = index;
}

static struct slab_object pop(struct slow_slub *slub, struct slow_cpu *c)
{
    return (struct slab_object){{slub->slabs[c->slab].page}, c->freelist[--c->nr_free]};
}

static struct slab_object load_freelist(struct slow_slub *slub, struct slow_cpu *c)
{
    struct slow_slab *slab = &slub->slabs[c->slab];

    memcpy(c->freelist, slab->freelist, slab->nr_free * sizeof(uint16_t));
    c->nr_free = slab->nr_free;
    slab->nr_free = 0;
    slab->inuse = slub->objects;
    c->nid = slab->nid;
    return pop(slub, c);
}

struct slab_object slow_slub_alloc(struct slow_slub *slub, const struct slow_slub_call *call)
{
    struct slow_cpu *c = &slub->cpus[call->cpu];
    bool match = call->nid < 0 || c->nid == (unsigned)call->nid || slub->nr_nodes == 1;

    slub->wanted_page = false;
    if (c->nr_free > 0 && match)
        return pop(slub, c);
    if (c->slab != SLOW_NO_SLAB) {
        if (match && slub->slabs[c->slab].nr_free > 0)
            return load_freelist(slub, c);
        deactivate(slub, call->cpu);
    }
    if (!get_partial(slub, call)) {
        slub->wanted_page = true;
        if (pfn_is_none(call->new_page))
            return SLAB_OBJECT_NULL;
        new_slab(slub, call);
    }
    return load_freelist(slub, c);
}

void slow_slub_free(struct slow_slub *slub, struct slab_object object, unsigned cpu)
{
    struct slow_cpu *c = &slub->cpus[cpu];
    int index = find_slab(slub, object.page.nr);
    struct slow_slab *slab = &slub->slabs[index];
    bool had_free = slab->nr_free > 0;

    if (index == c->slab) {
        c->freelist[c->nr_free++] = object.index;
        return;
    }
    slab->freelist[slab->nr_free++] = object.index;
    slab->inuse--;
    if (slab->frozen)
        return;
    if (slab->inuse == 0) {
        if (had_free)
            remove_partial(slub, index);
        discard(slub, index);
    } else if (!had_free) {
        insert_partial(slub, index, true);
    }
}

/* For each fullness, from one object free on: the slabs of it in reverse order of the list. */
static void sort_partial(struct slow_slub *slub, struct slow_node *node)
{
    int before[SLOW_SLABS_MAX];
    unsigned nr = node->nr_partial;

    memcpy(before, node->partial, nr * sizeof(before[0]));
    node->nr_partial = 0;
    for (unsigned inuse = slub->objects; inuse-- > 1;)
        for (unsigned i = nr; i-- > 0;)
            if (slub->slabs[before[i]].inuse == inuse)
                node->partial[node->nr_partial++] = before[i];
    for (unsigned i = 0; i < nr; i++)
        if (slub->slabs[before[i]].inuse == 0)
            discard(slub, before[i]);
}

void slow_slub_shrink(struct slow_slub *slub, unsigned cpu)
{
    for (unsigned other = 0; other < slub->nr_cpus; other++)
        if (other != cpu && slub->cpus[other].slab != SLOW_NO_SLAB)
            deactivate(slub, other);
    if (slub->cpus[cpu].slab != SLOW_NO_SLAB)
        deactivate(slub, cpu);
    for (unsigned nid = 0; nid < slub->nr_nodes; nid++)
        sort_partial(slub, &slub->nodes[nid]);
}
