/* SPDX-License-Identifier: MIT */
/* The `devices` part of a machine file: disks for files and for swap. */
#ifndef SIM_CONFIG_DEVICE_CONFIG_H
#define SIM_CONFIG_DEVICE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "reclaim/backing_dev.h"
#include "reclaim/swap.h"
#include "yaml/yaml_doc.h"

/*
 * Every device is a backing device; those of type swap are a swap area as a whole, too. A machine
 * that lists none for files has a `disk` of defaults behind those listed. `= {0}` is empty; the
 * names are the list's.
 */
struct device_list {
    struct backing_dev_spec devices[DEVICES_MAX];
    char *names[DEVICES_MAX];
    bool for_files[DEVICES_MAX];
    uint32_t nr_devices;
    struct swap_spec swaps[DEVICES_MAX];
    uint32_t nr_swaps;
};

/*
 * Fills the empty list from a sequence, or NULL: the default disk only. Names are unique
 * (ERR_DUPLICATE_NAME), CPUs below nr_cpus (ERR_UNKNOWN_CPU).
 */
bool device_list_read(struct device_list *list, const struct yaml_node *node, uint32_t nr_cpus,
                      struct sim_error *err);

/*
 * The device for files that the node names; NULL: the first one. ERR_UNKNOWN_DEVICE, the likely
 * name in the hint.
 */
bool device_list_find(const struct device_list *list, const struct yaml_node *node,
                      uint32_t *ret_device, struct sim_error *err);

void device_list_fini(struct device_list *list);

#endif
