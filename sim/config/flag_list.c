/* SPDX-License-Identifier: MIT */
/* Lists of flags by the kernel's names. */
#include "config/flag_list.h"

#include "base/check.h"

bool flag_list_read(const struct yaml_node *list, const struct flag_name *flags, size_t count,
                    uint32_t *ret_bits, struct sim_error *err)
{
    const char *names[FLAG_NAMES_MAX];

    SIM_ASSERT(count <= FLAG_NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        names[i] = flags[i].name;
    if (!yaml_expect(list, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; list && i < list->count; i++) {
        size_t index;

        if (!yaml_get_choice(yaml_seq_at(list, i), names, count, &index, err))
            return false;
        *ret_bits |= flags[index].bits;
    }
    return true;
}
