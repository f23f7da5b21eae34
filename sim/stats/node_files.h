/* SPDX-License-Identifier: MIT */
/* A node as the kernel's own files under /sys/devices/system/node/nodeN show it, byte for byte. */
#ifndef SIM_STATS_NODE_FILES_H
#define SIM_STATS_NODE_FILES_H

#include <stdint.h>

#include "base/strbuf.h"
#include "stats/snapshot.h"

/* A kernel without NUMA has none of them. */
enum node_file {
    NODE_NUMASTAT,
    NODE_MEMINFO,
    NODE_DISTANCE,
    NR_NODE_FILES,
};

const char *node_file_name(enum node_file file); /* "numastat" ... */

/* Appends the text of an online node's file. Kernel: drivers/base/node.c node_read_numastat(),
 * node_read_meminfo(), node_read_distance() [2.6.24] */
void node_file_format(struct strbuf *out, const struct snapshot *snapshot,
                      const struct node_snapshot *node, enum node_file file);

#endif
