/* SPDX-License-Identifier: MIT */
/* One item of a workload's `caches`. */
#include "config/cache_config.h"

#include <string.h>

#include "base/units.h"
#include "config/flag_list.h"
#include "config/key_value.h"
#include "mm/slab_layout.h"
#include "yaml/yaml_value.h"

enum {
    DEFAULT_SEEKS = 2,
    SEEKS_MAX = 1000,
};

/* The size of an object, or how many of them a slab of one page has. */
static bool read_size(const struct yaml_node *item, struct cache_spec *cache, struct sim_error *err)
{
    const struct yaml_node *count = yaml_map_get(item, "objects_per_page");
    const struct yaml_node *size = yaml_map_get(item, "object_size");
    const struct yaml_node *align = yaml_map_get(item, "align");
    uint64_t number = 0;

    if (count && size)
        return yaml_error_at(size->key, err, ERR_UNKNOWN_KEY,
                             "give objects_per_page or object_size, not both");
    if (count && align)
        return yaml_error_at(align->key, err, ERR_UNKNOWN_KEY,
                             "align goes with object_size, not with objects_per_page");
    if (size) {
        if (!yaml_get_size_bytes(size, 1, KMALLOC_MAX_SIZE, &number, err))
            return false;
        cache->object_size = (uint32_t)number;
        return true;
    }
    if (!yaml_require(item, "objects_per_page", &count, err) ||
        !yaml_get_uint(count, 1, PAGE_SIZE, &number, err))
        return false;
    cache->objects_per_page = (uint32_t)number;
    return true;
}

static bool read_align(const struct yaml_node *node, uint32_t *ret_align, struct sim_error *err)
{
    uint64_t align = 0;

    if (!yaml_get_size_bytes(node, 1, PAGE_SIZE, &align, err))
        return false;
    if (align & (align - 1))
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "an alignment is a power of two");
    *ret_align = (uint32_t)align;
    return true;
}

static const struct flag_name flag_names[] = {
    {"SLAB_HWCACHE_ALIGN", SLAB_HWCACHE_ALIGN},
    {"SLAB_CACHE_DMA", SLAB_CACHE_DMA},
    {"SLAB_RECLAIM_ACCOUNT", SLAB_RECLAIM_ACCOUNT},
};

/* seeks and fs_only, in a map of their own or among the cache's keys. */
static bool read_shrinker(const struct yaml_node *node, struct cache_spec *cache,
                          struct sim_error *err)
{
    uint64_t seeks = DEFAULT_SEEKS;

    if (!yaml_get_uint(yaml_map_get(node, "seeks"), 1, SEEKS_MAX, &seeks, err) ||
        !yaml_get_bool(yaml_map_get(node, "fs_only"), &cache->fs_only, err))
        return false;
    cache->seeks = (uint32_t)seeks;
    return true;
}

/* A cache without flags is one of the file system's: it is reclaimed, and has a shrinker. */
static bool read_kind(const struct yaml_node *item, struct cache_spec *cache, struct sim_error *err)
{
    static const char *const keys[] = {"seeks", "fs_only"};
    const struct yaml_node *flags = yaml_map_get(item, "flags");
    const struct yaml_node *shrinker = yaml_map_get(item, "shrinker");
    const struct yaml_node *seeks = yaml_map_get(item, "seeks");
    const struct yaml_node *short_form = seeks ? seeks : yaml_map_get(item, "fs_only");

    cache->flags = flags ? 0 : SLAB_RECLAIM_ACCOUNT;
    if (!flag_list_read(flags, flag_names, NR_ITEMS(flag_names), &cache->flags, err))
        return false;
    if (shrinker && short_form)
        return yaml_error_at(short_form->key, err, ERR_UNKNOWN_KEY,
                             "the shrinker's keys stand in shrinker or beside it, not both");
    if (shrinker)
        return yaml_check_keys(shrinker, keys, NR_ITEMS(keys), err) &&
               read_shrinker(shrinker, cache, err);
    return (flags && !short_form) || read_shrinker(item, cache, err);
}

/* slabs[] and slabinfo name the caches of kmalloc() so, each by one name. */
static bool check_name(const char *name, const struct yaml_node *node, struct sim_error *err)
{
    static const char *const taken[] = {"kmalloc-", "kmalloc_dma-", "size-"};

    for (size_t i = 0; i < NR_ITEMS(taken); i++) {
        if (strncmp(name, taken[i], strlen(taken[i])) == 0)
            return yaml_error_at(node, err, ERR_DUPLICATE_NAME,
                                 "the caches of kmalloc() have names with %s", taken[i]);
    }
    return true;
}

bool cache_config_read(const struct yaml_node *item, struct workload_names *names,
                       struct cache_spec *ret_cache, struct sim_error *err)
{
    static const char *const keys[] = {"name",  "objects_per_page", "object_size", "align",
                                       "flags", "shrinker",         "seeks",       "fs_only"};
    struct cache_spec cache = {.name = NULL};
    const struct yaml_node *align = yaml_map_get(item, "align");

    if (!yaml_check_keys(item, keys, NR_ITEMS(keys), err) ||
        !names_declare(&names->caches, item, &cache.name, err) ||
        !check_name(cache.name, yaml_map_get(item, "name"), err) || !read_size(item, &cache, err) ||
        (align && !read_align(align, &cache.align, err)) || !read_kind(item, &cache, err))
        return false;
    *ret_cache = cache;
    return true;
}
