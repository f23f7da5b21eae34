/* SPDX-License-Identifier: MIT */
/* `--set KEY=VALUE`: changes to a parsed document before anybody reads it. */
#ifndef SIM_YAML_YAML_OVERRIDE_H
#define SIM_YAML_YAML_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "yaml/yaml_doc.h"

/*
 * KEY is a path, "vm.min_free_kbytes" or "machine.nodes[1].cpus"; VALUE is a scalar or a flow
 * collection, "[1, 2]", "{a: 1}". The value replaces what is there; mappings on the way that are
 * missing or null are made; an item of a sequence must be there. Whether a key is known is left to
 * the reader of the document, like every other check: the new nodes' file is "--set KEY=VALUE",
 * their line 1, their column counted in KEY=VALUE.
 *
 * The arguments are applied in order, so the last one wins. Errors: ERR_BAD_SET (not KEY=VALUE, a
 * malformed path, a step into something that is not a mapping or sequence, no such item, a value
 * in block style), the ERR_YAML_* of a malformed VALUE, ERR_OUT_OF_MEMORY. The argument that
 * fails changes nothing; those before it stay applied.
 */
bool yaml_override_apply(struct yaml_doc *doc, const char *const *arguments, size_t count,
                         struct sim_error *err);

#endif
