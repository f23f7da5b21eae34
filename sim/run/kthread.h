/* SPDX-License-Identifier: MIT */
/* Kernel threads: kswapd0 ..., pdflush0 ... */
#ifndef SIM_RUN_KTHREAD_H
#define SIM_RUN_KTHREAD_H

#include "run/simulation_state.h"

/*
 * They are tasks of the same scheduler, with a job in place of operations. Their work and their
 * sleeps do not keep a run alive: who waits for them does. A captured trace may have tasks of the
 * same names; those are others.
 */

/* kswapd of each node with memory; pdflush threads come when they are first needed. False:
 * ERR_OUT_OF_MEMORY. */
bool kthread_make_all(struct simulation *sim, struct sim_error *err);

/*
 * The thread has work, which begins as soon as its CPU lets it. kswapd runs on the lowest idle CPU
 * of its node or the lowest of them (a node without CPUs: CPU 0), pdflush likewise of all; one that
 * is still at its last job stays where it is.
 */
void kthread_wake(struct simulation *sim, enum kthread_kind kind, uint32_t arg);

/* One go at its job. */
enum step kthread_step(struct simulation *sim, struct run_task *task);

/* The go that ended its job takes `cost_ns`. */
void kthread_done(struct simulation *sim, struct run_task *task, uint64_t cost_ns);

/* How long the kswapds have been awake, together. */
uint64_t kthread_kswapd_ns(const struct simulation *sim);

#endif
