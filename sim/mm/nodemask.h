/* SPDX-License-Identifier: MIT */
/* Sets of nodes, a bit each. */
#ifndef SIM_MM_NODEMASK_H
#define SIM_MM_NODEMASK_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "mm/machine_spec.h"

typedef uint64_t nodemask;

#define NODE_MASK_ALL UINT64_MAX

static_assert(NODES_MAX == 64, "a nodemask has a bit for each node");

static inline nodemask node_bit(unsigned nid)
{
    return UINT64_C(1) << nid;
}

static inline bool node_isset(unsigned nid, nodemask nodes)
{
    return nodes >> nid & 1;
}

static inline unsigned nodes_weight(nodemask nodes)
{
    return (unsigned)__builtin_popcountll(nodes);
}

/* NODES_MAX: the set is empty. */
static inline unsigned first_node(nodemask nodes)
{
    return nodes ? (unsigned)__builtin_ctzll(nodes) : NODES_MAX;
}

/* The one behind `nid` in a set that has some; the first comes after the last. */
static inline unsigned next_node_around(unsigned nid, nodemask nodes)
{
    nodemask behind = nid + 1 < NODES_MAX ? nodes & (NODE_MASK_ALL << (nid + 1)) : 0;

    return first_node(behind ? behind : nodes);
}

#endif
