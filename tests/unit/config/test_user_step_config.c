/* SPDX-License-Identifier: MIT */
/* Steps of user memory, files, forks and slab caches: what each key becomes, and where it ends. */
#include <stdio.h>

#include "config_case.h"
#include "mm/gfp.h"
#include "reclaim/address_space.h"

/* The steps begin on line 9. */
#define HEAD                                                     \
    "version: 1\nduration: 1s\n"                                 \
    "files: [{name: log, size: 1MiB}, {name: db, size: 8KiB}]\n" \
    "caches: [{name: dentry, objects_per_page: 20}, {name: x, object_size: 1}]\n"
#define STEPS HEAD "tasks:\n  - name: a\n    nice: 0\n    steps:\n"

static const struct user_op_spec *op_of(const struct workload_config *workload, unsigned step,
                                        enum user_op op)
{
    const struct step_spec *spec = &workload->tasks.items[0].steps[step];

    ck_assert_uint_lt(step, workload->tasks.items[0].nr_steps);
    ck_assert(spec->op == STEP_USER && spec->user.op == op && spec->line == step + 9);
    return &spec->user;
}

START_TEST(regions_are_numbered_by_their_first_use)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - anon: {id: heap, size: 64MiB}\n"
                                 "      - mmap: {id: map, file: log, offset: 4KiB, size: 16KiB}\n"
                                 "      - mlock: heap\n"
                                 "      - munlock: map\n"
                                 "      - unmap: heap\n");
    const struct user_op_spec *op = op_of(&workload, 0, USER_ANON);

    ck_assert(op->region == 0 && op->nr_pages == 16384);
    op = op_of(&workload, 1, USER_MMAP);
    ck_assert(op->region == 1 && op->file == 0 && op->nr_pages == 4);
    ck_assert(op->access.first_page == 1 && op->access.nr_pages == 4 && !op->private_copy);
    ck_assert_uint_eq(op_of(&workload, 2, USER_MLOCK)->region, 0);
    ck_assert_uint_eq(op_of(&workload, 3, USER_MUNLOCK)->region, 1);
    ck_assert_uint_eq(op_of(&workload, 4, USER_UNMAP)->region, 0);
    ck_assert_uint_eq(workload.tasks.items[0].nr_regions, 2);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_mapping_is_shared_unless_it_is_said_to_be_private)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - mmap: {id: a, file: log, private: true}\n"
                                 "      - mmap: {id: b, file: log, private: false}\n");

    ck_assert(op_of(&workload, 0, USER_MMAP)->private_copy);
    ck_assert(!op_of(&workload, 1, USER_MMAP)->private_copy);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(anonymous_memory_is_private_unless_it_is_said_to_be_shared)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - anon: {id: a, size: 4KiB}\n"
                                 "      - anon: {id: b, size: 4KiB, shared: true}\n");

    ck_assert(!op_of(&workload, 0, USER_ANON)->shared);
    ck_assert(op_of(&workload, 1, USER_ANON)->shared);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(block_ids_and_regions_are_two_sets_of_names)
{
    struct workload_config workload = must_read_workload(STEPS "      - alloc_pages: {id: a}\n"
                                                               "      - anon: {id: a, size: 4KiB}\n"
                                                               "      - free_pages: a\n"
                                                               "      - unmap: a\n");

    ck_assert_uint_eq(op_of(&workload, 3, USER_UNMAP)->region, 0);
    ck_assert_uint_eq(workload.tasks.items[0].nr_regions, 1);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_mapping_without_a_size_goes_to_the_end_of_the_file)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - mmap: {id: m, file: log, offset: 1020KiB}\n");

    ck_assert_uint_eq(op_of(&workload, 0, USER_MMAP)->nr_pages, 1);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(a_touch_has_a_pattern_a_range_a_count_and_a_rate)
{
    struct workload_config workload = must_read_workload(
        STEPS "      - anon: {id: r, size: 1MiB}\n"
              "      - touch: {id: r}\n"
              "      - touch: {id: r, pattern: random, offset: 8KiB, size: 16KiB, count: 7, "
              "write: true, rate: 100MB/s}\n"
              "      - touch: {id: r, pattern: zipf}\n"
              "      - touch: {id: r, pattern: zipf, exponent: 0.99, rate: 4096}\n");
    const struct user_op_spec *op = op_of(&workload, 1, USER_TOUCH);

    ck_assert(op->access.pattern == ACCESS_SEQUENTIAL && !op->write && op->access.count == 0);
    ck_assert(op->access.first_page == 0 && op->access.nr_pages == 0);
    ck_assert(op->access.zipf_exponent_milli == 0 && op->access.rate_pages_per_s == 0);
    op = op_of(&workload, 2, USER_TOUCH);
    ck_assert(op->access.pattern == ACCESS_RANDOM && op->write && op->access.count == 7);
    ck_assert(op->access.first_page == 2 && op->access.nr_pages == 4);
    ck_assert_uint_eq(op->access.rate_pages_per_s, 24414);
    op = op_of(&workload, 3, USER_TOUCH);
    ck_assert(op->access.pattern == ACCESS_ZIPF && op->access.zipf_exponent_milli == 1000);
    op = op_of(&workload, 4, USER_TOUCH);
    ck_assert(op->access.zipf_exponent_milli == 990 && op->access.rate_pages_per_s == 1);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(reads_and_writes_come_in_blocks)
{
    struct workload_config workload = must_read_workload(
        STEPS "      - read: {file: db}\n"
              "      - write: {file: log, block: 4KiB, offset: 1MiB, size: 8KiB, count: 3}\n"
              "      - fsync: log\n");
    const struct user_op_spec *op = op_of(&workload, 0, USER_READ);

    ck_assert(op->file == 1 && op->block_pages == 16 && op->access.nr_pages == 0);
    op = op_of(&workload, 1, USER_WRITE);
    ck_assert(op->file == 0 && op->block_pages == 1 && op->access.count == 3);
    ck_assert(op->access.first_page == 256 && op->access.nr_pages == 2);
    ck_assert_uint_eq(op_of(&workload, 2, USER_FSYNC)->file, 0);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(caches_are_dropped_by_name_or_number)
{
    static const char *const values[] = {"pagecache", "1", "slab", "2", "all", "3"};

    for (unsigned i = 0; i < 6; i++) {
        struct workload_config workload;
        char text[512];

        snprintf(text, sizeof(text), STEPS "      - drop_caches: %s\n", values[i]);
        workload = must_read_workload(text);
        ck_assert_uint_eq(op_of(&workload, 0, USER_DROP_CACHES)->drop, i / 2 + 1);
        workload_config_fini(&workload);
    }
}
END_TEST

START_TEST(slab_objects_come_from_caches)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - slab_alloc: {cache: x, objects: 1000, gfp: GFP_NOFS}\n"
                                 "      - slab_alloc: {cache: dentry}\n"
                                 "      - slab_free: {cache: dentry, objects: 5}\n"
                                 "      - slab_free: x\n"
                                 "      - kmem_cache_shrink: x\n");
    const struct user_op_spec *op = op_of(&workload, 0, USER_SLAB_ALLOC);

    ck_assert(op->cache == 1 && op->count == 1000 && op->gfp == GFP_NOFS);
    op = op_of(&workload, 1, USER_SLAB_ALLOC);
    ck_assert(op->cache == 0 && op->count == 1 && op->gfp == GFP_KERNEL);
    ck_assert_uint_eq(op_of(&workload, 2, USER_SLAB_FREE)->count, 5);
    op = op_of(&workload, 3, USER_SLAB_FREE);
    ck_assert(op->cache == 1 && op->count == 0);
    workload_config_fini(&workload);
}
END_TEST

START_TEST(an_interrupt_handler_has_slab_caches_only)
{
    struct workload_config workload = must_read_workload(
        HEAD "tasks: [{name: a, flags: [in_interrupt], steps: [{slab_alloc: {cache: x, "
             "gfp: GFP_ATOMIC}}, {slab_free: x}]}]\n");

    workload_config_fini(&workload);
    refuse_workload(HEAD "tasks:\n  - name: a\n    flags: [in_interrupt]\n    steps:\n"
                         "      - read: {file: db}\n",
                    ERR_BAD_STEP, 9, 9);
}
END_TEST

START_TEST(a_loop_for_ever_may_access_pages_instead_of_sleeping)
{
    struct workload_config workload =
        must_read_workload(STEPS "      - loop: {steps: [{read: {file: db}}]}\n");

    workload_config_fini(&workload);
    refuse_workload(STEPS "      - loop: {steps: [{fsync: db}]}\n", ERR_BAD_STEP, 9, 15);
}
END_TEST

START_TEST(values_end_where_the_model_ends)
{
    static const struct {
        const char *step;
        enum sim_error_code code;
        uint32_t column;
    } rows[] = {
        {"anon: {id: r}", ERR_MISSING_KEY, 15},
        {"anon: {size: 4KiB}", ERR_MISSING_KEY, 15},
        {"anon: {id: r, size: 0}", ERR_OUT_OF_RANGE, 29},
        {"anon: {id: r, size: 6KiB}", ERR_MEMORY_ALIGN, 29},
        {"anon: {id: r, size: 1025GiB}", ERR_OUT_OF_RANGE, 29},
        {"anon: {id: r, size: 4KiB, file: log}", ERR_UNKNOWN_KEY, 35},
        {"mmap: {id: r, file: lag}", ERR_UNKNOWN_FILE, 29},
        {"mmap: {id: r}", ERR_MISSING_KEY, 15},
        {"mmap: {id: r, file: db, offset: 8KiB}", ERR_OUT_OF_RANGE, 41},
        {"mmap: {id: r, file: db, size: 12KiB}", ERR_OUT_OF_RANGE, 39},
        {"touch: {pattern: random}", ERR_MISSING_KEY, 16},
        {"touch: {id: r, exponent: 1}", ERR_UNKNOWN_KEY, 24},
        {"touch: {id: r, pattern: zipf, exponent: 8.001}", ERR_OUT_OF_RANGE, 49},
        {"touch: {id: r, pattern: zipf, exponent: x}", ERR_BAD_NUMBER, 49},
        {"touch: {id: r, pattern: zap}", ERR_UNKNOWN_NAME, 33},
        {"touch: {id: r, count: 0}", ERR_OUT_OF_RANGE, 31},
        {"touch: {id: r, offset: 1KiB}", ERR_MEMORY_ALIGN, 32},
        {"touch: {id: r, size: 0}", ERR_OUT_OF_RANGE, 30},
        {"touch: {id: r, rate: 4095}", ERR_OUT_OF_RANGE, 30},
        {"touch: {id: r, rate: 100MB}", ERR_BAD_RATE, 30},
        {"touch: {id: r, write: yes}", ERR_WRONG_TYPE, 31},
        {"unmap: {id: r}", ERR_WRONG_TYPE, 16},
        {"mlock:", ERR_WRONG_TYPE, 15},
        {"munlock", ERR_BAD_STEP, 9},
        {"read: {file: db, write: true}", ERR_UNKNOWN_KEY, 26},
        {"read: {file: db, offset: 8KiB}", ERR_OUT_OF_RANGE, 34},
        {"read: {file: db, size: 12KiB}", ERR_OUT_OF_RANGE, 32},
        {"write: {file: db, offset: 8KiB}", ERR_OUT_OF_RANGE, 35},
        {"write: {file: db, offset: 1024GiB}", ERR_OUT_OF_RANGE, 35},
        {"write: {file: db, block: 0}", ERR_OUT_OF_RANGE, 34},
        {"fsync: data", ERR_UNKNOWN_FILE, 16},
        {"drop_caches: 4", ERR_UNKNOWN_NAME, 22},
        {"slab_alloc: {cache: inode}", ERR_UNKNOWN_CACHE, 29},
        {"slab_alloc: {cache: x, objects: 0}", ERR_OUT_OF_RANGE, 41},
        {"slab_alloc: {cache: x, gfp: GFP_X}", ERR_BAD_GFP, 37},
        {"slab_free: y", ERR_UNKNOWN_CACHE, 20},
        {"kmem_cache_shrink: y", ERR_UNKNOWN_CACHE, 28},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];

        snprintf(text, sizeof(text), STEPS "      - %s\n", rows[i].step);
        refuse_workload(text, rows[i].code, 9, rows[i].column);
    }
}
END_TEST

START_TEST(a_misspelt_name_has_a_hint)
{
    struct sim_error err = refuse_workload(STEPS "      - fsync: lo\n", ERR_UNKNOWN_FILE, 9, 16);

    ck_assert_str_eq(err.hint, "did you mean log?");
    err = refuse_workload(STEPS "      - slab_free: dentri\n", ERR_UNKNOWN_CACHE, 9, 20);
    ck_assert_str_eq(err.hint, "did you mean dentry?");
    err = refuse_workload(STEPS "      - touch: {id: r, size: 5KiB}\n", ERR_MEMORY_ALIGN, 9, 30);
    ck_assert_str_eq(err.hint, "the nearest are 4KiB and 8KiB");
}
END_TEST

START_TEST(a_region_must_be_created)
{
    struct sim_error err =
        refuse_workload(STEPS "      - touch: {id: heep}\n      - anon: {id: heap, size: 4KiB}\n",
                        ERR_UNKNOWN_ID, 9, 21);

    ck_assert_str_eq(err.hint, "did you mean heap?");
    refuse_workload(STEPS "      - alloc_pages: {id: b}\n      - unmap: b\n", ERR_UNKNOWN_ID, 10,
                    16);
}
END_TEST

START_TEST(a_touch_stays_within_the_largest_form_of_its_region)
{
    struct workload_config workload = must_read_workload(
        STEPS "      - anon: {id: r, size: 4KiB}\n      - unmap: r\n"
              "      - anon: {id: r, size: 8KiB}\n      - touch: {id: r, size: 8KiB}\n"
              "      - touch: {id: r, offset: 4KiB}\n");

    workload_config_fini(&workload);
    refuse_workload(STEPS "      - anon: {id: r, size: 8KiB}\n"
                          "      - touch: {id: r, offset: 4KiB, size: 8KiB}\n",
                    ERR_OUT_OF_RANGE, 10, 44);
    refuse_workload(STEPS "      - anon: {id: r, size: 8KiB}\n"
                          "      - touch: {id: r, offset: 8KiB}\n",
                    ERR_OUT_OF_RANGE, 10, 32);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("user_step_config");

    TEST_CASE(suite, "memory", regions_are_numbered_by_their_first_use,
              a_mapping_is_shared_unless_it_is_said_to_be_private,
              anonymous_memory_is_private_unless_it_is_said_to_be_shared,
              block_ids_and_regions_are_two_sets_of_names,
              a_mapping_without_a_size_goes_to_the_end_of_the_file,
              a_touch_has_a_pattern_a_range_a_count_and_a_rate);
    TEST_CASE(suite, "files and caches", reads_and_writes_come_in_blocks,
              caches_are_dropped_by_name_or_number, slab_objects_come_from_caches);
    TEST_CASE(suite, "rules", an_interrupt_handler_has_slab_caches_only,
              a_loop_for_ever_may_access_pages_instead_of_sleeping, values_end_where_the_model_ends,
              a_misspelt_name_has_a_hint, a_region_must_be_created,
              a_touch_stays_within_the_largest_form_of_its_region);
    return test_run(suite);
}
