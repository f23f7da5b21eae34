/* SPDX-License-Identifier: MIT */
/* Two changes of one thing in a sweep file. */
#include "sweep/sweep_overlap.h"

#include <string.h>

#include "config/key_value.h"

/* The KEY of --set that an axis stands for; NULL: none, it names a file. */
static const char *key_of(const struct sweep_axis *axis)
{
    if (axis->kind == SWEEP_AXIS_SEED)
        return "workload.seed";
    return axis->kind == SWEEP_AXIS_SET ? axis->name : NULL;
}

/* Equal, or one leads into the other: "machine.nodes" and "machine.nodes[0].cpus". */
static bool keys_overlap(const char *a, const char *b)
{
    size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

    return strncmp(a, b, length) == 0 && strchr(".[", a[length]) && strchr(".[", b[length]);
}

/* Two changes of one thing would depend on their order. */
static bool check_key(const struct sweep_file *file, const char *key, const struct yaml_node *node,
                      size_t nr_axes, struct sim_error *err)
{
    const struct {
        const char *name, *key;
        bool given;
    } own[] = {{"tick", "workload.tick", file->tick_ns.given},
               {"until", "workload.duration", file->until_ns.given}};
    const char *other = NULL;

    for (size_t i = 0; i < NR_ITEMS(own); i++) {
        if (own[i].given && keys_overlap(own[i].key, key))
            other = own[i].name;
    }
    for (size_t i = 0; i < nr_axes; i++) {
        const char *axis_key = key_of(&file->axes.items[i]);

        if (axis_key && keys_overlap(axis_key, key))
            other = file->axes.items[i].name;
    }
    return !other || yaml_error_at(node, err, ERR_SWEEP_AXIS, "%s changes it already", other);
}

static bool check_file_axis(const struct sweep_file *file, size_t index, struct sim_error *err)
{
    const struct sweep_axis *axis = &file->axes.items[index];
    bool again = axis->kind == SWEEP_AXIS_MACHINE ? file->machine != NULL : file->workload != NULL;

    for (size_t i = 0; i < index; i++)
        again |= file->axes.items[i].kind == axis->kind;
    return !again ||
           yaml_error_at(axis->key, err, ERR_SWEEP_AXIS, "the %s is named twice", axis->name);
}

bool sweep_overlap_check(const struct sweep_file *file, struct sim_error *err)
{
    for (size_t i = 0; i < file->axes.count; i++) {
        const struct sweep_axis *axis = &file->axes.items[i];
        const char *key = key_of(axis);

        if (key ? !check_key(file, key, axis->key, i, err) : !check_file_axis(file, i, err))
            return false;
    }
    for (size_t i = 0; i < file->settings.count; i++) {
        const struct sweep_setting *setting = &file->settings.items[i];

        if (!check_key(file, setting->key, setting->node, file->axes.count, err))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (keys_overlap(file->settings.items[k].key, setting->key))
                return yaml_error_at(setting->node, err, ERR_SWEEP_AXIS, "%s changes it already",
                                     file->settings.items[k].key);
        }
    }
    return true;
}
