/* SPDX-License-Identifier: MIT */
/* Runs of workloads that tables of calls are turned into, and what they changed. */
#ifndef TESTS_UNIT_CONFIG_API_CASE_H
#define TESTS_UNIT_CONFIG_API_CASE_H

#include "api_machine.h"
#include "config_case.h"
#include "run/simulation_state.h"

enum { FORM_STEP, FORM_EVENT, NR_FORMS };

/* A run of one workload on one machine of the table, and how the machine was before. */
struct api_run {
    struct machine_config machine_config;
    struct workload_config workload;
    struct run_spec spec;
    struct simulation *sim;
    const struct machine *machine;
    uint64_t events_before[NR_VM_EVENT_ITEMS];
    int64_t stat_before[NR_VM_ZONE_STAT_ITEMS][2 * MAX_NR_ZONES];
    uint64_t pcp_before[2][2 * MAX_NR_ZONES];
};

/* Global part and the differences of all CPUs. */
static inline int64_t exact_stat(const struct machine *machine, const struct zone *zone,
                                 unsigned item)
{
    int64_t value = zone->vm_stat[item];

    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
        value += zone->pageset ? zone->pageset[cpu].vm_stat_diff[item] : 0;
    return value;
}

/* Pages on the hot (0) or cold (1) lists of all CPUs. */
static inline uint64_t pcp_count(const struct machine *machine, const struct zone *zone,
                                 unsigned cold)
{
    uint64_t count = 0;

    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
        count += zone->pageset ? zone->pageset[cpu].pcp[cold].count : 0;
    return count;
}

static inline void remember(struct api_run *run)
{
    const struct machine *machine = run->machine;

    memcpy(run->events_before, machine->vm_events, sizeof(run->events_before));
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
            run->stat_before[item][id] = exact_stat(machine, &machine->zones[id], item);
        for (unsigned cold = 0; cold < 2; cold++)
            run->pcp_before[cold][id] = pcp_count(machine, &machine->zones[id], cold);
    }
}

static inline uint64_t event_delta(const struct api_run *run, unsigned event)
{
    return run->machine->vm_events[event] - run->events_before[event];
}

static inline int64_t stat_delta(const struct api_run *run, unsigned item, uint32_t id)
{
    return exact_stat(run->machine, &run->machine->zones[id], item) - run->stat_before[item][id];
}

static inline int64_t pcp_delta(const struct api_run *run, unsigned cold, uint32_t id)
{
    return (int64_t)pcp_count(run->machine, &run->machine->zones[id], cold) -
           (int64_t)run->pcp_before[cold][id];
}

static inline void api_run(struct api_run *run, unsigned machine, const char *workload)
{
    struct run_output output = {.tool_version = "t"};
    struct sim_error err = {0};
    char text[512];

    *run = (struct api_run){0};
    snprintf(text, sizeof(text), "version: 1\nmachine: %s\n", api_machines[machine]);
    run->machine_config = must_read_machine(text);
    ck_assert_msg(
        workload_config_open_bytes(&run->workload, "w.yaml", bytes_of(workload), NULL, &err) &&
            workload_config_load(&run->workload, &run->machine_config, &err),
        "%u:%u: %s\n%s", err.line, err.column, err.message, workload);
    workload_config_fill(&run->workload, &run->machine_config, &run->spec);
    run->sim = simulation_create(&run->spec, &output, &err);
    ck_assert_msg(run->sim, "%s\n%s", err.message, workload);
    run->machine = simulation_machine(run->sim);
    remember(run);
    ck_assert_msg(simulation_run(run->sim, &err), "%s\n%s", err.message, workload);
}

static inline void api_run_end(struct api_run *run)
{
    simulation_destroy(run->sim);
    workload_config_fini(&run->workload);
    machine_config_fini(&run->machine_config);
}

struct script_text {
    char text[4096];
    unsigned form;
    unsigned nr_calls;
};

static inline void begin_script(struct script_text *script, unsigned form, unsigned cpu)
{
    *script = (struct script_text){.form = form};
    snprintf(script->text, sizeof(script->text),
             form == FORM_STEP ? "version: 1\nduration: 10ms\n" API_CACHES
                                 "tasks:\n- name: a\n  cpu: %u\n  steps:\n"
                               : "version: 1\nduration: 10ms\n" API_CACHES
                                 "tasks: [{name: a, cpu: %u}]\nevents:\n",
             cpu);
}

/* `args` without the id, may be empty. */
static inline void add_call(struct script_text *script, const char *call, const char *args)
{
    size_t used = strlen(script->text);
    const char *comma = *args ? ", " : "";

    if (script->form == FORM_STEP)
        snprintf(script->text + used, sizeof(script->text) - used, "  - %s: {id: x%s%s}\n", call,
                 comma, args);
    else
        snprintf(script->text + used, sizeof(script->text) - used,
                 "- {t: %uus, task: a, op: %s, id: x%s%s}\n", script->nr_calls * 1000, call, comma,
                 args);
    script->nr_calls++;
}

static inline uint32_t zone_by_name(const struct machine *machine, const char *name)
{
    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];

        if ((uint32_t)(name[0] - '0') == zone->nid &&
            strcmp(name + 2, machine_zone_name(machine, zone->index)) == 0)
            return id;
    }
    ck_abort_msg("no zone %s", name);
}

#define EXPECT(what, got, wanted)                                                               \
    ck_assert_msg((int64_t)(got) == (int64_t)(wanted), "%s is %lld, not %lld, after\n%s", what, \
                  (long long)(got), (long long)(wanted), script->text)

#endif
