/* SPDX-License-Identifier: MIT */
/* Each page call with each mask, and each mask when memory is short, against tables by hand. */
#include "api_case.h"
#include "gfp_table.h"
#include "mm/pageblock.h"

/* ---- every call with every mask ---- */

enum {
    RETURNS_ADDRESS = 1 << 0, /* of a page in HighMem there is none */
    CLEARS = 1 << 1,          /* get_zeroed_page(): and refuses __GFP_HIGHMEM */
    FROM_DMA = 1 << 2,        /* adds __GFP_DMA */
    OF_NODE_0 = 1 << 3,       /* alloc_pages_node() */
    OF_NODE_1 = 1 << 4,       /* ... where there is a node 1 */
};

static const struct gfp_call {
    const char *name;
    const char *args; /* before the mask, with their comma */
    uint8_t order;
    uint8_t is;
} gfp_calls[] = {
    {"alloc_pages", "order: 2, ", 2, 0},
    {"alloc_page", "", 0, 0},
    {"__get_free_pages", "order: 1, ", 1, RETURNS_ADDRESS},
    {"__get_free_page", "", 0, RETURNS_ADDRESS},
    {"get_zeroed_page", "", 0, RETURNS_ADDRESS | CLEARS},
    {"__get_dma_pages", "order: 1, ", 1, RETURNS_ADDRESS | FROM_DMA},
    {"alloc_pages_node", "node: 0, ", 0, OF_NODE_0},
    {"alloc_pages_node", "node: 1, order: 1, ", 1, OF_NODE_1},
    {"alloc_pages", "order: 11, ", MAX_ORDER, 0},
    {"__get_free_pages", "order: 11, ", MAX_ORDER, RETURNS_ADDRESS},
    {"__get_dma_pages", "order: 63, ", 63, RETURNS_ADDRESS | FROM_DMA},
};

enum { NR_GFP_CALLS = sizeof(gfp_calls) / sizeof(gfp_calls[0]) };

/* What a row's calls do to a machine, summed up. */
struct gfp_sum {
    uint64_t requests, failed, held, zeroed;
    uint64_t refused;                /* get_zeroed_page */
    uint64_t without_address;        /* page_address */
    int64_t pages[2 * MAX_NR_ZONES]; /* taken, by zone */
    int64_t served[2 * MAX_NR_ZONES];
};

/* The zone that serves the call on a fresh machine; NULL: the list is empty. */
static const char *zone_of_call(const struct gfp_row *row, unsigned machine,
                                const struct gfp_call *call)
{
    const char *const by_machine[NR_API_MACHINES] = {
        [UMA] = row->uma, [NUMA] = row->numa, [I386] = row->i386, [MOVABLE] = row->movable};

    if (call->is & FROM_DMA)
        return machine == NUMA && row->has & GFP_HAS_THISNODE ? NULL : "0/DMA";
    if (call->is & OF_NODE_0 && machine == NUMA)
        return row->uma; /* node 0 is like the machine without a second one */
    return by_machine[machine];
}

static bool call_exists(unsigned machine, const struct gfp_call *call)
{
    return machine == NUMA || !(call->is & OF_NODE_1);
}

static void write_gfp_script(struct script_text *script, const struct gfp_row *row,
                             unsigned machine)
{
    for (unsigned i = 0; i < NR_GFP_CALLS; i++) {
        size_t used = strlen(script->text);
        const struct gfp_call *call = &gfp_calls[i];

        if (!call_exists(machine, call))
            continue;
        if (script->form == FORM_STEP)
            snprintf(script->text + used, sizeof(script->text) - used,
                     "  - %s: {id: x%u, %sgfp: %s}\n", call->name, i, call->args, row->gfp);
        else
            snprintf(script->text + used, sizeof(script->text) - used,
                     "- {t: %uus, task: a, op: %s, id: x%u, %sgfp: %s}\n", i * 100, call->name, i,
                     call->args, row->gfp);
    }
}

static void check_held(const struct api_run *run, const struct script_text *script,
                       const struct gfp_row *row, const struct gfp_call *call, uint32_t zone,
                       pfn_t page)
{
    const struct machine *machine = run->machine;
    const struct frame *frame = &machine->frame_table.frames[page.nr];
    bool compound = call->order > 0 && row->has & GFP_HAS_COMP;

    EXPECT(call->name, machine_pfn_zone(machine, page.nr)->id, zone);
    EXPECT("migratetype", get_pageblock_migratetype(machine, &machine->zones[zone], page.nr),
           row->type);
    EXPECT("references", frame->count, 1);
    EXPECT("order", frame->private, call->order);
    EXPECT("alignment", page.nr & ((UINT32_C(1) << call->order) - 1), 0);
    EXPECT("flags", frame->flags, compound ? PG_compound : 0);
}

/* The pages of calls that succeed are the blocks held, in the order of the calls. */
static pfn_t next_held(const struct api_run *run, const struct script_text *script, size_t *next)
{
    while (*next < run->sim->objects.blocks.count) {
        const struct block *block = &run->sim->objects.blocks.items[(*next)++];

        if (block->state == BLOCK_HELD)
            return block->page;
    }
    ck_abort_msg("a call failed of\n%s", script->text);
}

static void add_up_call(const struct api_run *run, const struct script_text *script,
                        const struct gfp_row *row, unsigned machine, const struct gfp_call *call,
                        struct gfp_sum *sum, size_t *next)
{
    const char *name = zone_of_call(row, machine, call);
    uint32_t zone;

    if (call->is & CLEARS && row->has & GFP_HAS_HIGHMEM) {
        sum->refused++;
        return;
    }
    sum->requests++;
    if (!name || call->order >= MAX_ORDER) {
        sum->failed++;
        return;
    }
    zone = zone_by_name(run->machine, name);
    sum->served[zone]++;
    sum->pages[zone] += INT64_C(1) << call->order;
    if (call->is & CLEARS || row->has & GFP_HAS_ZERO)
        sum->zeroed += UINT64_C(1) << call->order;
    if (call->is & RETURNS_ADDRESS && strcmp(name, "0/HighMem") == 0) {
        sum->without_address++;
        return;
    }
    sum->held++;
    check_held(run, script, row, call, zone, next_held(run, script, next));
}

static void check_sums(const struct api_run *run, const struct script_text *script,
                       unsigned machine, const struct gfp_sum *sum)
{
    const struct run_stats *stats = simulation_stats(run->sim);
    int64_t by_index[MAX_NR_ZONES] = {0};

    EXPECT("requests", stats->allocs, sum->requests);
    EXPECT("failed requests", stats->alloc_failures, sum->failed);
    EXPECT("blocks held", stats->blocks_live, sum->held);
    EXPECT("refused get_zeroed_page()", run->machine->misuses[MISUSE_GET_ZEROED_PAGE],
           sum->refused);
    EXPECT("pages without address", run->machine->misuses[MISUSE_PAGE_ADDRESS],
           sum->without_address);
    EXPECT("zeroed pages", run->machine->work.zeroed_pages, sum->zeroed);
    EXPECT("allocstall", event_delta(run, ALLOCSTALL), 0);
    EXPECT("pgfree", event_delta(run, PGFREE), 0);
    for (uint32_t id = 0; id < run->machine->nr_zones; id++) {
        const struct zone *zone = &run->machine->zones[id];
        int64_t numa = machine == NUMA ? sum->served[id] : 0; /* all from CPU 1 */

        EXPECT("pages taken",
               -stat_delta(run, NR_FREE_PAGES, id) - pcp_delta(run, 0, id) - pcp_delta(run, 1, id),
               sum->pages[id]);
        EXPECT("numa_hit", stat_delta(run, NUMA_HIT, id), numa);
        EXPECT("numa_local", stat_delta(run, NUMA_LOCAL, id), zone->nid == 1 ? numa : 0);
        EXPECT("numa_other", stat_delta(run, NUMA_OTHER, id), zone->nid == 1 ? 0 : numa);
        EXPECT("numa_miss", stat_delta(run, NUMA_MISS, id), 0);
        EXPECT("numa_foreign", stat_delta(run, NUMA_FOREIGN, id), 0);
        by_index[zone->index] += sum->pages[id];
    }
    for (unsigned index = 0; index < MAX_NR_ZONES; index++)
        EXPECT("pgalloc", event_delta(run, PGALLOC_ZONE0 + index), by_index[index]);
}

static void check_gfp_row(const struct gfp_row *row, unsigned machine, unsigned form)
{
    struct script_text text;
    struct gfp_sum sum = {0};
    struct api_run run;
    size_t next = 0;

    begin_script(&text, form, machine == NUMA ? 1 : 0);
    write_gfp_script(&text, row, machine);
    api_run(&run, machine, text.text);
    for (unsigned i = 0; i < NR_GFP_CALLS; i++)
        if (call_exists(machine, &gfp_calls[i]))
            add_up_call(&run, &text, row, machine, &gfp_calls[i], &sum, &next);
    check_sums(&run, &text, machine, &sum);
    api_run_end(&run);
}

START_TEST(every_call_does_with_every_mask_what_the_kernels_does)
{
    static const unsigned machines[] = {UMA, NUMA, I386, MOVABLE};

    for (size_t i = 0; i < sizeof(gfp_rows) / sizeof(gfp_rows[0]); i++)
        for (size_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++)
            for (unsigned form = 0; form < NR_FORMS; form++)
                check_gfp_row(&gfp_rows[i], machines[m], form);
}
END_TEST

/* ---- when memory is short ---- */

static void check_shortage(const struct shortage_row *row, enum shortage shortage)
{
    struct script_text text;
    const struct script_text *script = &text;
    const struct run_stats *stats;
    char comes = row->comes[shortage];
    bool page = comes == COMES_PAGE || comes == COMES_KILL;
    bool killed = comes == COMES_KILL || comes == COMES_DEATH;
    struct api_run run;

    snprintf(text.text, sizeof(text.text),
             "version: 1\nduration: 10ms\ntasks:\n- name: a\n  cpu: 0\n  flags: [%s]\n  steps:\n"
             "  - sysctl: {min_free_kbytes: %u}\n  - alloc_pages: {id: x, order: %u, gfp: %s}\n",
             row->flags, shortage_kb[shortage] * (row->machine == NUMA ? 2 : 1), row->order,
             row->gfp);
    api_run(&run, row->machine, text.text);
    stats = simulation_stats(run.sim);
    EXPECT("requests over", stats->allocs, comes != COMES_WAIT);
    EXPECT("failed requests", stats->alloc_failures, comes != COMES_WAIT && !page);
    EXPECT("calls of the OOM killer", run.machine->work.ooms, killed);
    EXPECT("direct reclaim", event_delta(&run, ALLOCSTALL) > 0,
           comes != COMES_PAGE && comes != COMES_FAIL);
    api_run_end(&run);
}

START_TEST(every_mask_digs_fails_waits_and_kills_as_the_kernels_does)
{
    for (size_t i = 0; i < sizeof(shortage_rows) / sizeof(shortage_rows[0]); i++)
        for (unsigned shortage = 0; shortage < NR_SHORTAGES; shortage++)
            check_shortage(&shortage_rows[i], shortage);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gfp_table");

    TEST_CASE(suite, "masks", every_call_does_with_every_mask_what_the_kernels_does);
    TEST_CASE(suite, "shortage", every_mask_digs_fails_waits_and_kills_as_the_kernels_does);
    return test_run(suite);
}
