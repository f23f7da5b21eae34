/* SPDX-License-Identifier: MIT */
/* What one run costs that is already loaded and of which nobody wants to know anything. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "config/run_inputs.h"
#include "run/simulation.h"

static uint64_t wall_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static bool run(const struct run_inputs *inputs, struct sim_error *err)
{
    const struct run_output output = {.tool_version = "bench"};
    struct simulation *simulation = simulation_create(&inputs->spec, &output, err);
    bool ok = simulation && simulation_run(simulation, err);

    simulation_destroy(simulation);
    return ok;
}

/* usage: bench_simulation WORKLOAD RUNS */
int main(int argc, char **argv)
{
    const struct run_choice choice = {.workload_path = argc == 3 ? argv[1] : ""};
    struct run_inputs inputs = {0};
    struct sim_error err = {0};
    uint64_t runs = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    bool ok = runs > 0 && run_inputs_load(&inputs, &choice, &err);
    uint64_t begin_ns = wall_ns();

    for (uint64_t i = 0; ok && i < runs; i++)
        ok = run(&inputs, &err);
    if (ok)
        printf("{\"simulation_ns\": %llu}\n", (unsigned long long)((wall_ns() - begin_ns) / runs));
    else
        fprintf(stderr, "bench_simulation: %s\n", err.message);
    run_inputs_fini(&inputs);
    return ok ? 0 : 1;
}
