/* SPDX-License-Identifier: MIT */
/* kswapd: one per node, balances its zones in the background. */
#ifndef SIM_RECLAIM_KSWAPD_H
#define SIM_RECLAIM_KSWAPD_H

#include <stdbool.h>

#include "mm/machine.h"

/*
 * Asks for a zone to be balanced for blocks of `order`. No effect on an unpopulated zone or one
 * above its low watermark. True: its node's kswapd slept and is awake now.
 * Kernel: mm/vmscan.c wakeup_kswapd() [2.6.24]
 */
bool kswapd_wakeup(struct machine *machine, struct zone *zone, unsigned order);

/*
 * One round of an awake kswapd, at its end: balances the node, then sleeps unless a higher order
 * was asked for meanwhile. True: it goes on, call again in kswapd_round_ns. Expects a struct
 * reclaim_context. Kernel: mm/vmscan.c kswapd() [2.6.24]
 */
bool kswapd_run(struct machine *machine, unsigned nid);

#endif
