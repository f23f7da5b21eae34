/* SPDX-License-Identifier: MIT */
/* The `devices` part of a machine file: disks for files and for swap. */
#include "config/device_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"
#include "config/cost_config.h"
#include "config/key_value.h"
#include "config/page_count.h"
#include "yaml/yaml_value.h"

#define DEFAULT_DISK "disk"

/* A disk of 7200 rpm of 2007. */
#define DEFAULT_SEEK_NS         (8 * NSEC_PER_MSEC)
#define DEFAULT_BYTES_PER_S     UINT64_C(60000000)
#define BYTES_PER_S_MIN         PAGE_SIZE
#define BYTES_PER_S_MAX         UINT64_C(1000000000000)
#define SWAP_PAGES_MAX          ((UINT64_C(1) << 27) - 1)
#define MAX_REQUEST_PAGES_LIMIT UINT64_C(16384) /* 64 MiB */

enum {
    NR_REQUESTS_MIN = 4, /* BLKDEV_MIN_RQ */
    NR_REQUESTS_LIMIT = 1 << 20,
    SWAP_PRIORITY_MAX = 32767,
};

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the devices");
}

static uint64_t page_ns_at(uint64_t bytes_per_s)
{
    return (PAGE_SIZE * NSEC_PER_SEC + bytes_per_s - 1) / bytes_per_s;
}

static struct backing_dev_spec default_device(void)
{
    return (struct backing_dev_spec){
        .nr_requests = 128,
        .max_request_pages = 128,
        .seek_ns = DEFAULT_SEEK_NS,
        .page_ns = page_ns_at(DEFAULT_BYTES_PER_S),
    };
}

/* The name must be new; the list keeps a copy. */
static bool take_name(struct device_list *list, const char *name, const struct yaml_node *node,
                      struct sim_error *err)
{
    for (uint32_t i = 0; i < list->nr_devices; i++) {
        if (strcmp(list->names[i], name) == 0)
            return yaml_error_at(node, err, ERR_DUPLICATE_NAME, "the name %s is taken",
                                 yaml_excerpt(node).text);
    }
    list->names[list->nr_devices] = strdup(name);
    return list->names[list->nr_devices] || out_of_memory(err);
}

static bool read_cpu(const struct yaml_node *node, uint32_t nr_cpus, uint32_t *ret_cpu,
                     struct sim_error *err)
{
    uint64_t cpu = 0;

    if (!yaml_get_uint(node, 0, UINT32_MAX, &cpu, err))
        return false;
    if (cpu >= nr_cpus)
        return yaml_error_at(node, err, ERR_UNKNOWN_CPU, "the machine has CPUs 0 to %u",
                             nr_cpus - 1);
    *ret_cpu = (uint32_t)cpu;
    return true;
}

static bool read_bandwidth(const struct yaml_node *node, uint64_t *page_ns, struct sim_error *err)
{
    uint64_t bytes_per_s;

    if (!node)
        return true;
    if (node->kind == YAML_SCALAR && strcmp(node->text, "unlimited") == 0) {
        *page_ns = 0;
        return true;
    }
    if (!yaml_get_rate(node, BYTES_PER_S_MIN, BYTES_PER_S_MAX, &bytes_per_s, err))
        return false;
    *page_ns = page_ns_at(bytes_per_s);
    return true;
}

static bool read_queue(struct backing_dev_spec *device, const struct yaml_node *item,
                       uint32_t nr_cpus, struct sim_error *err)
{
    uint64_t nr_requests = device->nr_requests;
    uint64_t max_request_pages = device->max_request_pages;

    if (!yaml_get_uint(yaml_map_get(item, "nr_requests"), NR_REQUESTS_MIN, NR_REQUESTS_LIMIT,
                       &nr_requests, err) ||
        !config_get_pages(yaml_map_get(item, "max_request_size"), 1, MAX_REQUEST_PAGES_LIMIT,
                          &max_request_pages, err) ||
        !yaml_get_duration_ns(yaml_map_get(item, "seek"), 0, COST_MAX_NS, &device->seek_ns, err) ||
        !read_bandwidth(yaml_map_get(item, "bandwidth"), &device->page_ns, err) ||
        !read_cpu(yaml_map_get(item, "cpu"), nr_cpus, &device->cpu, err))
        return false;
    device->nr_requests = (uint32_t)nr_requests;
    device->max_request_pages = (uint32_t)max_request_pages;
    return true;
}

static bool read_swap(struct device_list *list, const struct yaml_node *item, struct sim_error *err)
{
    struct swap_spec swap = {.backing_dev = list->nr_devices, .priority = -1};
    const struct yaml_node *priority_node = yaml_map_get(item, "priority");
    const struct yaml_node *size;
    uint64_t priority;

    if (!yaml_require(item, "size", &size, err) ||
        !config_get_pages(size, 1, SWAP_PAGES_MAX, &swap.pages, err))
        return false;
    if (!config_is_auto(priority_node)) {
        if (!yaml_get_uint(priority_node, 0, SWAP_PRIORITY_MAX, &priority, err))
            return false;
        swap.priority = (int32_t)priority;
    }
    list->swaps[list->nr_swaps++] = swap;
    return true;
}

static bool read_device(struct device_list *list, const struct yaml_node *item, uint32_t nr_cpus,
                        struct sim_error *err)
{
    static const char *const types[] = {"file", "swap"};
    static const char *const keys[] = {"name",    "type",      "nr_requests", "max_request_size",
                                       "seek",    "bandwidth", "cpu",         "size",
                                       "priority"};
    enum { NR_FILE_KEYS = 7 };
    struct backing_dev_spec device = default_device();
    const struct yaml_node *name_node;
    const struct yaml_node *type_node;
    const char *name;
    size_t type;

    if (!yaml_require(item, "type", &type_node, err) ||
        !yaml_get_choice(type_node, types, NR_ITEMS(types), &type, err) ||
        !yaml_check_keys(item, keys, type == 0 ? NR_FILE_KEYS : NR_ITEMS(keys), err) ||
        !yaml_require(item, "name", &name_node, err) || !yaml_get_string(name_node, &name, err) ||
        !read_queue(&device, item, nr_cpus, err) || (type == 1 && !read_swap(list, item, err)) ||
        !take_name(list, name, name_node, err))
        return false;
    device.name = list->names[list->nr_devices];
    list->for_files[list->nr_devices] = type == 0;
    list->devices[list->nr_devices++] = device;
    return true;
}

static bool has_one_for_files(const struct device_list *list)
{
    for (uint32_t i = 0; i < list->nr_devices; i++) {
        if (list->for_files[i])
            return true;
    }
    return false;
}

static bool add_default_disk(struct device_list *list, const struct yaml_node *node,
                             struct sim_error *err)
{
    if (list->nr_devices == DEVICES_MAX)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE,
                             "with the default disk for files these are more than %d devices",
                             DEVICES_MAX);
    for (uint32_t i = 0; i < list->nr_devices; i++) {
        if (strcmp(list->names[i], DEFAULT_DISK) == 0)
            return yaml_error_at(yaml_map_get(yaml_seq_at(node, i), "name"), err,
                                 ERR_DUPLICATE_NAME,
                                 "disk is the name of the device for files, as none is listed");
    }
    list->names[list->nr_devices] = strdup(DEFAULT_DISK);
    if (!list->names[list->nr_devices])
        return out_of_memory(err);
    list->devices[list->nr_devices] = default_device();
    list->devices[list->nr_devices].name = list->names[list->nr_devices];
    list->for_files[list->nr_devices++] = true;
    return true;
}

bool device_list_read(struct device_list *list, const struct yaml_node *node, uint32_t nr_cpus,
                      struct sim_error *err)
{
    if (!yaml_expect(node, YAML_SEQUENCE, err))
        return false;
    for (uint32_t i = 0; node && i < node->count; i++) {
        if (list->nr_devices == DEVICES_MAX)
            return yaml_error_at(yaml_seq_at(node, i), err, ERR_OUT_OF_RANGE,
                                 "a machine has at most %d devices", DEVICES_MAX);
        if (!read_device(list, yaml_seq_at(node, i), nr_cpus, err))
            return false;
    }
    return has_one_for_files(list) || add_default_disk(list, node, err);
}

bool device_list_find(const struct device_list *list, const struct yaml_node *node,
                      uint32_t *ret_device, struct sim_error *err)
{
    const char *names[DEVICES_MAX];
    size_t nr_names = 0;
    const char *name = NULL;
    const char *near;

    if (!yaml_get_string(node, &name, err))
        return false;
    for (uint32_t i = 0; i < list->nr_devices; i++) {
        if (!list->for_files[i])
            continue;
        if (!name || strcmp(list->names[i], name) == 0) {
            *ret_device = i;
            return true;
        }
        names[nr_names++] = list->names[i];
    }
    yaml_error_at(node, err, ERR_UNKNOWN_DEVICE, "the machine has no device %s for files",
                  yaml_excerpt(node).text);
    near = suggest_word(name, names, nr_names);
    sim_error_add_hint(err, near ? "did you mean %s?" : "the first one is %s",
                       near ? near : names[0]);
    return false;
}

void device_list_fini(struct device_list *list)
{
    for (uint32_t i = 0; i < list->nr_devices; i++)
        free(list->names[i]);
    *list = (struct device_list){0};
}
