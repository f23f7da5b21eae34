/* SPDX-License-Identifier: MIT */
/* From text to nodes: the part of the document that knows libyaml. Private to this layer. */
#ifndef SIM_YAML_YAML_BUILD_H
#define SIM_YAML_YAML_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "yaml/yaml_doc.h"

struct yaml_source {
    const char *file; /* outlives the nodes */
    const uint8_t *bytes;
    size_t size;
    uint32_t column;                  /* columns in front of the text on its first line */
    bool flow_only;                   /* block style is ERR_BAD_SET: the text is one argument */
    const struct yaml_stream *stream; /* may be NULL */
};

/*
 * Builds the tree in `arena`. *ret_root is set when the tree is complete, and already when the
 * first item of a streamed sequence is handed over. After a failure the arena may hold pieces of
 * the tree that nobody refers to.
 */
bool yaml_build(struct yaml_arena *arena, const struct yaml_source *source,
                struct yaml_node **ret_root, struct sim_error *err);

#endif
