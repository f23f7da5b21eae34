/* SPDX-License-Identifier: MIT */
/* Reading and judging the format version of an input file. */
#include "config/config_version.h"

enum { VERSION = 1 };

bool config_version_read(const struct yaml_node *root, struct sim_error *err)
{
    const struct yaml_node *node;
    uint64_t version;

    if (!yaml_require(root, "version", &node, err) ||
        !yaml_get_uint(node, 0, UINT64_MAX, &version, err))
        return false;
    if (version != VERSION)
        return yaml_error_at(node, err, ERR_BAD_VERSION, "this mmsim reads version %d", VERSION);
    return true;
}
