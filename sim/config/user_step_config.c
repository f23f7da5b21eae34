/* SPDX-License-Identifier: MIT */
/* The steps of a task that concern user memory, files, forks and slab caches. */
#include "config/user_step_config.h"

#include "base/units.h"
#include "config/decimal.h"
#include "config/key_value.h"
#include "config/numa_config.h"
#include "config/page_count.h"
#include "mm/gfp.h"
#include "yaml/yaml_value.h"

#define RATE_MAX_BYTES_PER_S UINT64_C(1000000000000)

enum {
    DEFAULT_ZIPF_EXPONENT_MILLI = 1000,
    DEFAULT_BLOCK_PAGES = 16, /* 64 KiB */
    BLOCK_PAGES_MAX = 1 << 18,
};

/* One step on its way. */
struct reader {
    struct step_list *list;
    const struct yaml_node *node; /* the step's value */
    struct user_op_spec *op;
    struct sim_error *err;
};

static const struct yaml_node *value_of(const struct reader *r, const char *key)
{
    return yaml_map_get(r->node, key);
}

/* The region's number within the task, new or known. */
static bool read_region(const struct reader *r, const struct yaml_node *node)
{
    const struct region_use fresh = {.created = false};
    struct step_list *list = r->list;
    const char *name;

    if (!yaml_get_string(node, &name, r->err))
        return false;
    if (!name_table_intern(&list->region_names, name, node->length, &r->op->region) ||
        (r->op->region == list->regions.count && !vec_push(&list->regions, fresh)))
        return sim_error_set(r->err, ERR_OUT_OF_MEMORY, "no memory for the steps");
    return true;
}

static bool require_region(const struct reader *r)
{
    const struct yaml_node *id;

    return yaml_require(r->node, "id", &id, r->err) && read_region(r, id);
}

static void note_created(const struct reader *r)
{
    struct region_use *region = &r->list->regions.items[r->op->region];

    region->created = true;
    if (r->op->nr_pages > region->max_pages)
        region->max_pages = r->op->nr_pages;
}

static bool require_file(const struct reader *r)
{
    const struct yaml_node *file;

    return yaml_require(r->node, "file", &file, r->err) &&
           names_find_file(r->list->scope->names, file, &r->op->file, r->err);
}

/* Pages [offset, offset + size) of a file or region; without a size to its end. */
static bool read_range(const struct reader *r)
{
    struct access_spec *access = &r->op->access;

    return config_get_pages(value_of(r, "offset"), 0, USER_PAGES_MAX - 1, &access->first_page,
                            r->err) &&
           config_get_pages(value_of(r, "size"), 1, USER_PAGES_MAX - access->first_page,
                            &access->nr_pages, r->err);
}

static bool read_pattern(const struct reader *r)
{
    static const char *const patterns[] = {
        [ACCESS_SEQUENTIAL] = "sequential",
        [ACCESS_RANDOM] = "random",
        [ACCESS_ZIPF] = "zipf",
    };
    struct access_spec *access = &r->op->access;
    const struct yaml_node *exponent = value_of(r, "exponent");
    size_t pattern = ACCESS_SEQUENTIAL;

    if (!yaml_get_choice(value_of(r, "pattern"), patterns, NR_ITEMS(patterns), &pattern, r->err))
        return false;
    access->pattern = (uint8_t)pattern;
    if (pattern == ACCESS_ZIPF)
        access->zipf_exponent_milli = DEFAULT_ZIPF_EXPONENT_MILLI;
    else if (exponent)
        return yaml_error_at(exponent->key, r->err, ERR_UNKNOWN_KEY,
                             "only the pattern zipf has an exponent");
    return config_get_milli(exponent, &access->zipf_exponent_milli, r->err);
}

static bool read_access(const struct reader *r)
{
    struct access_spec *access = &r->op->access;
    uint64_t bytes_per_s = 0;

    if (!read_pattern(r) || !read_range(r) ||
        !yaml_get_uint(value_of(r, "count"), 1, INT64_MAX, &access->count, r->err) ||
        !yaml_get_rate(value_of(r, "rate"), PAGE_SIZE, RATE_MAX_BYTES_PER_S, &bytes_per_s, r->err))
        return false;
    access->rate_pages_per_s = bytes_per_s >> PAGE_SHIFT;
    return true;
}

static bool read_anon(const struct reader *r)
{
    static const char *const keys[] = {"id", "size", "shared", "mempolicy"};
    const struct yaml_node *size;

    if (!yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) || !require_region(r) ||
        !yaml_require(r->node, "size", &size, r->err) ||
        !config_get_pages(size, 1, USER_PAGES_MAX, &r->op->nr_pages, r->err) ||
        !yaml_get_bool(value_of(r, "shared"), &r->op->shared, r->err) ||
        !mempolicy_config_read(value_of(r, "mempolicy"), r->list->scope->limits, &r->op->policy,
                               r->err))
        return false;
    note_created(r);
    return true;
}

static bool read_mmap(const struct reader *r)
{
    static const char *const keys[] = {"id", "file", "offset", "size", "private"};
    struct access_spec *access = &r->op->access;
    uint64_t file_pages;

    if (!yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) || !require_region(r) ||
        !require_file(r) || !read_range(r) ||
        !yaml_get_bool(value_of(r, "private"), &r->op->private_copy, r->err))
        return false;
    file_pages = r->list->scope->files[r->op->file].pages;
    if (access->nr_pages == 0 && access->first_page >= file_pages)
        return yaml_error_at(value_of(r, "offset"), r->err, ERR_OUT_OF_RANGE,
                             "the file ends before that");
    if (access->nr_pages == 0)
        access->nr_pages = file_pages - access->first_page;
    r->op->nr_pages = access->nr_pages;
    note_created(r);
    return true;
}

static bool read_touch(const struct reader *r)
{
    static const char *const keys[] = {"id",   "pattern", "exponent", "offset",
                                       "size", "count",   "rate",     "write"};

    return yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) && require_region(r) &&
           read_access(r) && yaml_get_bool(value_of(r, "write"), &r->op->write, r->err);
}

static bool read_file_io(const struct reader *r)
{
    static const char *const keys[] = {"file", "pattern", "exponent", "offset",
                                       "size", "count",   "rate",     "block"};
    uint64_t block_pages = DEFAULT_BLOCK_PAGES;

    if (!yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) || !require_file(r) ||
        !read_access(r) ||
        !config_get_pages(value_of(r, "block"), 1, BLOCK_PAGES_MAX, &block_pages, r->err))
        return false;
    r->op->block_pages = (uint32_t)block_pages;
    return true;
}

static bool read_region_alone(const struct reader *r)
{
    return read_region(r, r->node);
}

static bool read_set_mempolicy(const struct reader *r)
{
    return mempolicy_config_read(r->node, r->list->scope->limits, &r->op->policy, r->err);
}

static bool read_mbind(const struct reader *r)
{
    static const char *const keys[] = {"id", "mode", "nodes"};

    return yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) && require_region(r) &&
           mempolicy_config_read_keys(r->node, r->list->scope->limits, &r->op->policy, r->err);
}

static bool read_fsync(const struct reader *r)
{
    return names_find_file(r->list->scope->names, r->node, &r->op->file, r->err);
}

/* By name, or by the number that is written to /proc/sys/vm/drop_caches. */
static bool read_drop_caches(const struct reader *r)
{
    static const char *const names[] = {"pagecache", "slab", "all", "1", "2", "3"};
    size_t index;

    if (!yaml_get_choice(r->node, names, NR_ITEMS(names), &index, r->err))
        return false;
    r->op->drop = (uint8_t)(index % 3 + 1);
    return true;
}

static bool read_fork(const struct reader *r)
{
    static const char *const keys[] = {"task", "count"};
    const struct yaml_node *task = r->node;

    r->op->count = 1;
    if (r->node->kind == YAML_MAPPING &&
        (!yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) ||
         !yaml_require(r->node, "task", &task, r->err) ||
         !yaml_get_uint(value_of(r, "count"), 1, FORK_COUNT_MAX, &r->op->count, r->err)))
        return false;
    return names_find_task(r->list->scope->names, task, &r->op->child, r->err);
}

static bool read_slab_alloc(const struct reader *r)
{
    static const char *const keys[] = {"cache", "objects", "gfp"};
    const struct yaml_node *cache;

    r->op->count = 1;
    r->op->gfp = GFP_KERNEL;
    return yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) &&
           yaml_require(r->node, "cache", &cache, r->err) &&
           names_find_cache(r->list->scope->names, cache, &r->op->cache, r->err) &&
           yaml_get_uint(value_of(r, "objects"), 1, UINT32_MAX, &r->op->count, r->err) &&
           limits_read_gfp(r->list->scope->limits, value_of(r, "gfp"), &r->op->gfp, r->err);
}

static bool read_slab_free(const struct reader *r)
{
    static const char *const keys[] = {"cache", "objects"};
    const struct yaml_node *cache = r->node;

    if (r->node->kind == YAML_MAPPING &&
        (!yaml_check_keys(r->node, keys, NR_ITEMS(keys), r->err) ||
         !yaml_require(r->node, "cache", &cache, r->err) ||
         !yaml_get_uint(value_of(r, "objects"), 1, UINT32_MAX, &r->op->count, r->err)))
        return false;
    return names_find_cache(r->list->scope->names, cache, &r->op->cache, r->err);
}

static bool read_cache_alone(const struct reader *r)
{
    return names_find_cache(r->list->scope->names, r->node, &r->op->cache, r->err);
}

bool user_op_accesses(enum user_op op)
{
    return op == USER_TOUCH || op == USER_READ || op == USER_WRITE;
}

bool user_step_read(struct step_list *list, const struct yaml_node *node, const char *name,
                    struct step_spec *step, struct sim_error *err)
{
    static bool (*const readers[NR_USER_OPS])(const struct reader *r) = {
        [USER_ANON] = read_anon,           [USER_MMAP] = read_mmap,
        [USER_TOUCH] = read_touch,         [USER_UNMAP] = read_region_alone,
        [USER_MLOCK] = read_region_alone,  [USER_MUNLOCK] = read_region_alone,
        [USER_READ] = read_file_io,        [USER_WRITE] = read_file_io,
        [USER_FSYNC] = read_fsync,         [USER_DROP_CACHES] = read_drop_caches,
        [USER_FORK] = read_fork,           [USER_SLAB_ALLOC] = read_slab_alloc,
        [USER_SLAB_FREE] = read_slab_free, [USER_SET_MEMPOLICY] = read_set_mempolicy,
        [USER_MBIND] = read_mbind,         [USER_KMEM_CACHE_SHRINK] = read_cache_alone,
    };
    const struct reader r = {list, node, &step->user, err};
    enum user_op op = (enum user_op)step->user.op;

    if (list->in_interrupt && op != USER_SLAB_ALLOC && op != USER_SLAB_FREE)
        return yaml_error_at(node->key, err, ERR_BAD_STEP, "an interrupt handler cannot %s", name);
    return readers[op](&r);
}
