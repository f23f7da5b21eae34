/* SPDX-License-Identifier: MIT */
/* The files of a workload, and where they lie on their devices. */
#include "config/file_config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/units.h"
#include "config/key_value.h"
#include "config/page_count.h"
#include "reclaim/address_space.h"
#include "yaml/yaml_value.h"

bool file_config_read(const struct yaml_node *item, const struct workload_limits *limits,
                      struct workload_names *names, struct file_spec *ret_file,
                      struct sim_error *err)
{
    static const char *const keys[] = {"name", "size", "device", "writepage"};
    static const char *const writepages[] = {
        [WRITEPAGE_WRITES] = "writes",
        [WRITEPAGE_NONE] = "none",
        [WRITEPAGE_ACTIVATES] = "activates",
        [WRITEPAGE_REDIRTIES] = "redirties",
    };
    const struct yaml_node *device = yaml_map_get(item, "device");
    struct file_spec file = {.device = 0};
    const struct yaml_node *size;
    const char *device_name;
    size_t writepage = WRITEPAGE_WRITES;

    if (!yaml_check_keys(item, keys, NR_ITEMS(keys), err) ||
        !names_declare(&names->files, item, &file.name, err) ||
        !yaml_require(item, "size", &size, err) ||
        !config_get_pages(size, 1, USER_PAGES_MAX, &file.pages, err) ||
        !yaml_get_string(device, &device_name, err) ||
        !yaml_get_choice(yaml_map_get(item, "writepage"), writepages, NR_ITEMS(writepages),
                         &writepage, err))
        return false;
    if (limits->devices && !device_list_find(limits->devices, device, &file.device, err))
        return false;
    file.writepage = (uint8_t)writepage;
    *ret_file = file;
    return true;
}

static bool uses_file(const struct placed_step *placed, enum user_op op)
{
    return placed->step.op == STEP_USER && placed->step.user.op == op;
}

/* What the files have, or the steps write, in pages. */
static void measure(uint64_t *extents, const struct file_spec *files, size_t nr_files,
                    const struct task_draft *tasks, size_t nr_tasks)
{
    for (size_t i = 0; i < nr_files; i++)
        extents[i] = files[i].pages;
    for (size_t t = 0; t < nr_tasks; t++) {
        for (size_t s = 0; s < tasks[t].list.steps.count; s++) {
            const struct placed_step *placed = &tasks[t].list.steps.items[s];
            const struct user_op_spec *op = &placed->step.user;
            uint64_t end = op->access.first_page + op->access.nr_pages;

            if (uses_file(placed, USER_WRITE) && op->access.nr_pages > 0 && end > extents[op->file])
                extents[op->file] = end;
        }
    }
}

/* Without a size the step goes to the end of the file as it is then: at least that far. */
static bool check_step(const struct placed_step *placed, const struct file_spec *files,
                       const uint64_t *extents, struct sim_error *err)
{
    const struct user_op_spec *op = &placed->step.user;
    const struct access_spec *access = &op->access;
    uint64_t nr_pages = access->nr_pages;
    uint64_t end;

    if (!uses_file(placed, USER_READ) && !uses_file(placed, USER_WRITE) &&
        !uses_file(placed, USER_MMAP))
        return true;
    end = nr_pages > 0 ? extents[op->file] : files[op->file].pages;
    if (access->first_page >= end || nr_pages > end - access->first_page) {
        yaml_error_at(placed_step_value(placed, nr_pages > 0 ? "size" : "offset"), err,
                      ERR_OUT_OF_RANGE, "the file \"%.40s\" ends before that",
                      files[op->file].name);
        sim_error_add_hint(err, "it has %" PRIu64 "KiB; a write with a size extends it",
                           pages_to_kb(files[op->file].pages));
        return false;
    }
    return true;
}

bool file_config_place(struct file_spec *files, size_t nr_files, const struct task_draft *tasks,
                       size_t nr_tasks, struct sim_error *err)
{
    uint64_t device_pages[DEVICES_MAX] = {0};
    uint64_t *extents = calloc(nr_files + 1, sizeof(*extents));
    bool ok = true;

    if (!extents)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the files");
    measure(extents, files, nr_files, tasks, nr_tasks);
    for (size_t i = 0; i < nr_files; i++) {
        files[i].first_sector_page = device_pages[files[i].device];
        device_pages[files[i].device] += extents[i];
    }
    for (size_t t = 0; ok && t < nr_tasks; t++) {
        for (size_t s = 0; ok && s < tasks[t].list.steps.count; s++)
            ok = check_step(&tasks[t].list.steps.items[s], files, extents, err);
    }
    free(extents);
    return ok;
}
