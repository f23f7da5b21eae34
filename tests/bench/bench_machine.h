/* SPDX-License-Identifier: MIT */
/* The machine that the benches of mm allocate from. */
#ifndef TESTS_BENCH_BENCH_MACHINE_H
#define TESTS_BENCH_BENCH_MACHINE_H

#include <stdio.h>
#include <stdlib.h>

#include "kernels/linux_2_6_24.h"
#include "mm/alloc_caller.h"
#include "mm/machine.h"

/* One node, one CPU, and who asks; stays where it was booted. */
struct bench_machine {
    struct machine machine;
    struct machine_spec spec;
    struct memory_range memory;
    struct kernel_ops ops;
    struct clock clock;
    struct task task;
    struct alloc_caller caller;
};

/* There is no kswapd to wake: what an allocation costs is measured, not what follows it. */
static inline void bench_ignore_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                                       const struct task *current)
{
    (void)machine;
    (void)zone;
    (void)order;
    (void)current;
}

static inline _Noreturn void bench_fail(const struct sim_error *err)
{
    fprintf(stderr, "bench: %s\n", err->message);
    exit(EXIT_FAILURE);
}

/* machine_fini(&bench->machine) is the caller's. Does not return when it fails. */
static inline void bench_machine_boot(struct bench_machine *bench, uint64_t pages)
{
    struct sim_error err = {0};

    *bench = (struct bench_machine){
        .memory = {0, pages, 0}, .ops = linux_2_6_24_ops, .caller = {.task = &bench->task}};
    bench->ops.wakeup_kswapd = bench_ignore_kswapd;
    machine_spec_init(&bench->spec, false);
    bench->spec.memory = &bench->memory;
    bench->spec.nr_memory = 1;
    if (!machine_spec_check(&bench->spec, &err) ||
        !machine_init(&bench->machine, &bench->spec, &bench->ops, NULL, &bench->clock, &err))
        bench_fail(&err);
}

#endif
