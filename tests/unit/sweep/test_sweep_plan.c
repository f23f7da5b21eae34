/* SPDX-License-Identifier: MIT */
/* The plan of a sweep: its manifest, what its keys depend on, and whose a mistake is. */
#include "sweep/sweep_plan.h"

#include <fcntl.h>

#include "lib/fail_malloc.h"
#include "sweep/sweep_manifest.h"
#include "sweep_case.h"

/* The keys of a plan, in its order. */
struct keys {
    struct sweep_key items[16];
    uint32_t count;
};

static bool try_plan(const struct sweep_case *test, const char *text, const char *version,
                     bool force, struct sweep_plan *plan, struct sim_error *err)
{
    struct sweep_file file;
    bool ok;

    *plan = (struct sweep_plan){0};
    ok = case_read(&file, test->sweep, text, err) &&
         sweep_plan_write(plan, &file, test->dir, version, force, err);
    sweep_file_fini(&file);
    return ok;
}

static void must_plan(const struct sweep_case *test, const char *text, struct sweep_plan *plan)
{
    struct sim_error err = {0};

    ck_assert_msg(try_plan(test, text, "1.2.3", true, plan, &err), "%s:%u:%u: %s", err.file,
                  err.line, err.column, err.message);
}

static void must_open(struct sweep_manifest *manifest, const struct sweep_case *test)
{
    struct sim_error err = {0};

    ck_assert_msg(sweep_manifest_open(manifest, test->dir, "1.2.3", &err), "%u: %s", err.line,
                  err.message);
}

static struct keys keys_of(const struct sweep_case *test, const char *text)
{
    struct sweep_plan plan;
    struct sweep_manifest manifest;
    struct keys keys = {0};

    must_plan(test, text, &plan);
    must_open(&manifest, test);
    ck_assert_uint_le(manifest.runs.count, 16);
    for (keys.count = 0; keys.count < manifest.runs.count; keys.count++)
        keys.items[keys.count] = manifest.runs.items[keys.count].key;
    sweep_manifest_close(&manifest);
    sweep_plan_fini(&plan);
    return keys;
}

static bool share_first(const struct keys *a, const struct keys *b)
{
    return sweep_key_compare(&a->items[0], &b->items[0]) == 0;
}

START_TEST(the_manifest_says_what_the_sweep_says)
{
    struct sweep_case test;
    struct sweep_plan plan;
    struct sweep_manifest manifest;
    struct sweep_run_texts texts;
    struct sim_error err = {0};

    case_init(&test);
    must_plan(&test,
              "name: \"a \\\"name\\\"\"\nworkload: w.yaml\nset: {vm.swappiness: 10}\n"
              "axes: {machine: [m.yaml, n.yaml], vm.min_free_kbytes: [512, 1024], seed: [4]}\n"
              "metrics: [alloc.failed]\nkeep: summary\nuntil: 500ms\nreclaim: simulated\n"
              "limits: {timeout: 2s, memory: 64MiB}\n",
              &plan);
    ck_assert_uint_eq(plan.nr_runs, 4);
    must_open(&manifest, &test);
    ck_assert_str_eq(manifest.name, "a \"name\"");
    ck_assert_int_eq(manifest.keep, SWEEP_KEEP_SUMMARY);
    ck_assert_int_eq(manifest.reclaim, RECLAIM_SIMULATED);
    ck_assert(!manifest.tick_ns.given);
    ck_assert(manifest.until_ns.given && manifest.until_ns.value == 500000000);
    ck_assert_uint_eq(manifest.timeout_ns, UINT64_C(2000000000));
    ck_assert_uint_eq(manifest.memory_bytes, 64 << 20);
    ck_assert_uint_eq(manifest.axes.count, 3);
    ck_assert_str_eq(manifest.axes.items[1], "vm.min_free_kbytes");
    ck_assert_uint_eq(manifest.metrics.count, 1);
    ck_assert_uint_eq(manifest.inputs.count, 3);
    ck_assert_uint_eq(manifest.runs.count, 4);
    ck_assert_str_eq(strrchr(manifest.inputs.items[manifest.runs.items[2].machine].path, '/'),
                     "/n.yaml");
    ck_assert_int_eq(access(manifest.inputs.items[manifest.runs.items[2].workload].path, R_OK), 0);
    ck_assert(manifest.runs.items[2].seed.given && manifest.runs.items[2].seed.value == 4);
    ck_assert(sweep_manifest_texts(&manifest, 3, &texts, &err));
    ck_assert_uint_eq(texts.sets.count, 2);
    ck_assert_str_eq(texts.sets.items[0], "vm.swappiness=10");
    ck_assert_str_eq(texts.sets.items[1], "vm.min_free_kbytes=1024");
    ck_assert_str_eq(texts.values.items[0], "n.yaml");
    ck_assert_str_eq(texts.values.items[2], "4");
    sweep_run_texts_fini(&texts);
    sweep_manifest_close(&manifest);
    sweep_plan_fini(&plan);
    case_fini(&test);
}
END_TEST

START_TEST(every_run_is_found_by_its_key)
{
    struct sweep_case test;
    struct sweep_plan plan;
    struct sweep_manifest manifest;
    uint32_t index;

    case_init(&test);
    must_plan(&test, "workload: w.yaml\naxes: {seed: {from: 1, to: 100, step: 1}}\n", &plan);
    ck_assert_uint_eq(plan.nr_loads, 1);
    must_open(&manifest, &test);
    for (uint32_t i = 0; i < 100; i++) {
        ck_assert(sweep_manifest_find(&manifest, &manifest.runs.items[i].key, &index));
        ck_assert_uint_eq(index, i);
    }
    ck_assert(!sweep_manifest_find(&manifest, &(struct sweep_key){1, 2}, &index));
    sweep_manifest_close(&manifest);
    sweep_plan_fini(&plan);
    case_fini(&test);
}
END_TEST

START_TEST(a_key_is_the_run_and_not_its_place)
{
    struct sweep_case test;
    struct keys one, more, other_order;

    case_init(&test);
    one = keys_of(&test, "workload: w.yaml\naxes: {vm.swappiness: [5], seed: [3]}\n");
    more = keys_of(&test, "name: wide\nworkload: ././w.yaml\n"
                          "axes: {vm.swappiness: [4, 5], seed: [3]}\nlimits: {timeout: 1s}\n");
    ck_assert_int_eq(sweep_key_compare(&one.items[0], &more.items[1]), 0);
    other_order = keys_of(&test, "workload: w.yaml\nset: {vm.swappiness: 5}\naxes: {seed: [3]}\n");
    ck_assert(share_first(&one, &other_order));
    case_fini(&test);
}
END_TEST

START_TEST(all_that_the_result_depends_on_is_in_the_key)
{
    static const char *const others[] = {
        "workload: w.yaml\naxes: {vm.swappiness: [6], seed: [3]}\n",
        "workload: w.yaml\naxes: {vm.swappiness: [5], seed: [4]}\n",
        "workload: w.yaml\naxes: {vm.swappiness: [5]}\n",
        "workload: w.yaml\nmachine: n.yaml\naxes: {vm.swappiness: [5], seed: [3]}\n",
        "workload: w.yaml\ntick: 7ms\naxes: {vm.swappiness: [5], seed: [3]}\n",
        "workload: w.yaml\nuntil: 7ms\naxes: {vm.swappiness: [5], seed: [3]}\n",
        "workload: w.yaml\nreclaim: simulated\naxes: {vm.swappiness: [5], seed: [3]}\n",
        "workload: w.yaml\nmetrics: [time_ns]\naxes: {vm.swappiness: [5], seed: [3]}\n",
        "workload: w.yaml\nkeep: summary\naxes: {vm.swappiness: [5], seed: [3]}\n",
    };
    struct sweep_case test;
    struct keys keys[10];

    case_init(&test);
    keys[0] = keys_of(&test, "workload: w.yaml\naxes: {vm.swappiness: [5], seed: [3]}\n");
    for (size_t i = 0; i < 9; i++) {
        keys[i + 1] = keys_of(&test, others[i]);
        for (size_t k = 0; k <= i; k++)
            ck_assert_msg(!share_first(&keys[k], &keys[i + 1]), "%s", others[i]);
    }
    case_fini(&test);
}
END_TEST

START_TEST(a_file_counts_by_its_content)
{
    const char *text = "workload: w.yaml\naxes: {seed: [3]}\n";
    struct sweep_case test;
    struct keys before, touched, after;

    case_init(&test);
    before = keys_of(&test, text);
    case_write(&test, "v.yaml",
               "version: 1\nmachine: m.yaml\nduration: 1s\n"
               "tasks: [{name: a, cpu: 0, steps: "
               "[{alloc_pages: {id: x, count: 5}}]}]\n");
    touched = keys_of(&test, "workload: v.yaml\naxes: {seed: [3]}\n");
    ck_assert(share_first(&before, &touched));
    case_write(&test, "m.yaml", "version: 1\nmachine: {nodes: [{memory: 32MiB, cpus: 1}]}\n");
    after = keys_of(&test, text);
    ck_assert(!share_first(&before, &after));
    case_fini(&test);
}
END_TEST

START_TEST(names_count_where_the_result_has_them)
{
    struct sweep_case test;
    struct keys w, v;

    case_init(&test);
    case_write(&test, "v.yaml",
               "version: 1\nmachine: m.yaml\nduration: 1s\n"
               "tasks: [{name: a, cpu: 0, steps: "
               "[{alloc_pages: {id: x, count: 5}}]}]\n");
    w = keys_of(&test, "workload: w.yaml\nkeep: output\naxes: {seed: [3]}\n");
    v = keys_of(&test, "workload: v.yaml\nkeep: output\naxes: {seed: [3]}\n");
    ck_assert(!share_first(&w, &v));
    case_fini(&test);
}
END_TEST

START_TEST(another_plan_needs_force_and_the_same_does_not)
{
    const char *text = "workload: w.yaml\naxes: {seed: [1, 2]}\n";
    const char *other = "workload: w.yaml\naxes: {seed: [1]}\n";
    struct sweep_case test;
    struct sweep_plan plan;
    struct sim_error err = {0};

    case_init(&test);
    for (int i = 0; i < 2; i++) {
        ck_assert(try_plan(&test, text, "1", false, &plan, &err));
        sweep_plan_fini(&plan);
    }
    ck_assert(!try_plan(&test, other, "1", false, &plan, &err));
    ck_assert_int_eq(err.code, ERR_SWEEP_MANIFEST);
    sweep_plan_fini(&plan);
    err = (struct sim_error){0};
    ck_assert(try_plan(&test, other, "1", true, &plan, &err));
    sweep_plan_fini(&plan);
    case_fini(&test);
}
END_TEST

static const struct {
    const char *text; /* from line 2 on */
    enum sim_error_code code;
    uint32_t line, column;
    const char *file; /* NULL: the sweep's own */
} mistakes[] = {
    {"workload: w.yaml\naxes: {vm.swappiness: [1, 101]}", ERR_OUT_OF_RANGE, 3, 27, NULL},
    {"workload: w.yaml\naxes: {vm.swapiness: [1]}", ERR_UNKNOWN_KEY, 3, 23, NULL},
    {"workload: w.yaml\nset: {vm.swappiness: x}\naxes: {seed: [1]}", ERR_BAD_NUMBER, 3, 22, NULL},
    {"workload: w.yaml\naxes: {workload.nme: [a]}", ERR_UNKNOWN_KEY, 3, 23, NULL},
    {"workload: w.yaml\naxes: {workload.tasks: [x]}", ERR_WRONG_TYPE, 3, 25, NULL},
    {"workload: w.yaml\naxes: {vm.swappiness: {from: 99, to: 101, step: 1}}", ERR_OUT_OF_RANGE, 3,
     23, NULL},
    {"workload: x.yaml\naxes: {seed: [1]}", ERR_OPEN, 2, 11, NULL},
    {"workload: w.yaml\nmachine: x.yaml\naxes: {seed: [1]}", ERR_OPEN, 3, 10, NULL},
    {"axes: {workload: [w.yaml, x.yaml]}", ERR_OPEN, 2, 27, NULL},
    {"workload: w.yaml\naxes: {machine: [m.yaml, x.yaml]}", ERR_OPEN, 3, 26, NULL},
    {"workload: v.yaml\naxes: {seed: [1]}", ERR_SWEEP_AXIS, 1, 1, NULL},
    {"workload: w.yaml\naxes: {machine: [w.yaml]}", ERR_UNKNOWN_KEY, 3, 1, "w.yaml"},
    {"workload: w.yaml\naxes: {seed: [1, 2, 1]}", ERR_SWEEP_AXIS, 3, 8, NULL},
    {"workload: w.yaml\naxes: {machine: [m.yaml, ./m.yaml]}", ERR_SWEEP_AXIS, 3, 8, NULL},
    {"workload: w.yaml\naxes: {seed: [1]}\nexclude: [{seed: 1}]", ERR_SWEEP_EMPTY, 1, 1, NULL},
};

START_TEST(a_mistake_is_shown_where_it_was_made)
{
    struct sweep_case test;
    struct sweep_plan plan;
    struct sim_error err = {0};
    const char *slash;

    case_init(&test);
    case_write(&test, "v.yaml", "version: 1\nduration: 1s\n");
    ck_assert_msg(!try_plan(&test, mistakes[_i].text, "1", false, &plan, &err), "%s",
                  mistakes[_i].text);
    expect_place(&err, mistakes[_i].code, mistakes[_i].line, mistakes[_i].column);
    slash = strrchr(err.file, '/');
    ck_assert_str_eq(slash ? slash + 1 : err.file,
                     mistakes[_i].file ? mistakes[_i].file : "s.yaml");
    /* Nothing is left behind, not even the folder. */
    ck_assert_int_ne(access(test.dir, F_OK), 0);
    sweep_plan_fini(&plan);
    case_fini(&test);
}
END_TEST

START_TEST(an_error_in_a_workload_says_with_which_values)
{
    struct sweep_case test;
    struct sweep_plan plan;
    struct sim_error err = {0};

    case_init(&test);
    case_write(&test, "v.yaml",
               "version: 1\nmachine: n.yaml\nduration: 1s\n"
               "tasks: [{name: a, cpu: 1, steps: [{sleep: 1ms}]}]\n");
    ck_assert(!try_plan(&test, "workload: v.yaml\naxes: {machine: [n.yaml, m.yaml], seed: [7]}\n",
                        "1", false, &plan, &err));
    expect_place(&err, ERR_UNKNOWN_CPU, 4, 24);
    ck_assert_ptr_nonnull(strstr(err.hint, "machine=m.yaml, seed=7"));
    sweep_plan_fini(&plan);
    case_fini(&test);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct sweep_case test;
    bool ok;

    case_init(&test);
    for (unsigned n = 0;; n++) {
        struct sweep_file file = {0};
        struct sweep_plan plan = {0};
        struct sim_error err = {0};

        must_read(&file, test.sweep,
                  "workload: w.yaml\nset: {vm.swappiness: 0}\n"
                  "axes: {vm.min_free_kbytes: [512, 1024], seed: [1, 2]}\nmetrics: [time_ns]\n");
        fail_malloc_at(n);
        ok = sweep_plan_make(&plan, &file, test.folder, "1", &err);
        sweep_plan_fini(&plan);
        sweep_file_fini(&file);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
    case_fini(&test);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_plan");
    TCase *blame = tcase_create("blame");

    TEST_CASE(suite, "manifest", the_manifest_says_what_the_sweep_says,
              every_run_is_found_by_its_key, another_plan_needs_force_and_the_same_does_not);
    TEST_CASE(suite, "keys", a_key_is_the_run_and_not_its_place,
              all_that_the_result_depends_on_is_in_the_key, a_file_counts_by_its_content,
              names_count_where_the_result_has_them);
    tcase_add_loop_test(blame, a_mistake_is_shown_where_it_was_made, 0,
                        sizeof(mistakes) / sizeof(mistakes[0]));
    suite_add_tcase(suite, blame);
    TEST_CASE(suite, "others", an_error_in_a_workload_says_with_which_values,
              every_allocation_may_fail);
    return test_run(suite);
}
