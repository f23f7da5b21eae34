/* SPDX-License-Identifier: MIT */
/* Assertions for bugs, in the three levels of -Dchecks. */
#ifndef SIM_BASE_CHECK_H
#define SIM_BASE_CHECK_H

/*
 * A failed assertion is a bug in mmsim, never bad input (base/error.h) and never a simulated
 * failure (an ordinary result). No assertion has a side effect: the output of a run is byte-equal
 * at every level.
 *
 *   none   assertions are not compiled
 *   cheap  SIM_ASSERT is on
 *   full   also: each subsystem's checker (`x_check()`) runs after every event
 */
#define MMSIM_CHECKS_NONE  0
#define MMSIM_CHECKS_CHEAP 1
#define MMSIM_CHECKS_FULL  2

#ifndef MMSIM_CHECKS
#error "MMSIM_CHECKS comes from meson: -Dchecks=none|cheap|full"
#endif

/* Reports the failed expression on stderr and aborts. Never returns. */
_Noreturn void sim_assert_failed(const char *expression, const char *file, int line);

#if MMSIM_CHECKS >= MMSIM_CHECKS_CHEAP
#define SIM_ASSERT(cond) ((cond) ? (void)0 : sim_assert_failed(#cond, __FILE__, __LINE__))
#else
#define SIM_ASSERT(cond) ((void)sizeof(cond))
#endif

/* What the compiler may rely on: checked where assertions are, believed elsewhere. */
#define SIM_ASSUME(cond)             \
    do {                             \
        SIM_ASSERT(cond);            \
        if (!(cond))                 \
            __builtin_unreachable(); \
    } while (0)

#define SIM_LIKELY(cond)   __builtin_expect(!!(cond), 1)
#define SIM_UNLIKELY(cond) __builtin_expect(!!(cond), 0)

#endif
