/* SPDX-License-Identifier: MIT */
/* One item of a workload's `caches`. */
#include "config/cache_config.h"

#include "base/units.h"
#include "config/key_value.h"
#include "yaml/yaml_value.h"

enum {
    DEFAULT_SEEKS = 2,
    SEEKS_MAX = 1000,
};

/* As a number, or as what is left of a page divided by the size of an object. */
static bool read_objects_per_page(const struct yaml_node *item, uint32_t *ret_objects,
                                  struct sim_error *err)
{
    const struct yaml_node *count = yaml_map_get(item, "objects_per_page");
    const struct yaml_node *size = yaml_map_get(item, "object_size");
    uint64_t objects;
    uint64_t bytes;

    if (count && size)
        return yaml_error_at(size->key, err, ERR_UNKNOWN_KEY,
                             "give objects_per_page or object_size, not both");
    if (size) {
        if (!yaml_get_size_bytes(size, 1, PAGE_SIZE, &bytes, err))
            return false;
        *ret_objects = (uint32_t)(PAGE_SIZE / bytes);
        return true;
    }
    if (!yaml_require(item, "objects_per_page", &count, err) ||
        !yaml_get_uint(count, 1, PAGE_SIZE, &objects, err))
        return false;
    *ret_objects = (uint32_t)objects;
    return true;
}

bool cache_config_read(const struct yaml_node *item, struct workload_names *names,
                       struct cache_spec *ret_cache, struct sim_error *err)
{
    static const char *const keys[] = {"name", "objects_per_page", "object_size", "seeks",
                                       "fs_only"};
    struct cache_spec cache = {.name = NULL};
    uint64_t seeks = DEFAULT_SEEKS;

    if (!yaml_check_keys(item, keys, NR_ITEMS(keys), err) ||
        !names_declare(&names->caches, item, &cache.name, err) ||
        !read_objects_per_page(item, &cache.objects_per_page, err) ||
        !yaml_get_uint(yaml_map_get(item, "seeks"), 1, SEEKS_MAX, &seeks, err) ||
        !yaml_get_bool(yaml_map_get(item, "fs_only"), &cache.fs_only, err))
        return false;
    cache.seeks = (uint32_t)seeks;
    *ret_cache = cache;
    return true;
}
