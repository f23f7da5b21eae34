/* SPDX-License-Identifier: MIT */
/* The files that show knows, one at a time or as a folder that stands for /proc and /sys. */
#ifndef SIM_CLI_SHOW_FILES_H
#define SIM_CLI_SHOW_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "stats/node_files.h"
#include "stats/proc_files.h"

/* Which file: of /proc, or of a node under /sys/devices/system/node. */
struct show_file {
    bool of_node;
    enum proc_file proc;
    enum node_file node;
};

/*
 * "buddyinfo" ... "slabinfo", "numastat", "meminfo", "distance". False: ERR_USAGE, and the likely
 * name.
 */
bool show_file_parse(struct show_file *file, const char *name, struct sim_error *err);

/*
 * Appends one file's text. Of a node's file `nid` names the node; NULL will do when there is only
 * one. Errors: ERR_USAGE, ERR_RESULT_NOTHING when the kernel has no such file.
 */
bool show_file_format(struct strbuf *out, const struct snapshot *snapshot,
                      const struct show_file *file, const uint64_t *nid, struct sim_error *err);

/*
 * Writes all files into folder/proc and folder/sys/devices/system/node/nodeN; the folders are made,
 * files that are there are replaced. Errors: ERR_WRITE, ERR_OUT_OF_MEMORY.
 */
bool show_folder_write(const char *folder, const struct snapshot *snapshot, struct sim_error *err);

#endif
