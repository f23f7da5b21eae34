/* SPDX-License-Identifier: MIT */
/* The inputs of a run together: what overrides what, what the header names, what is refused. */
#include "config/run_inputs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_case.h"
#include "lib/fail_malloc.h"

static const char machine_text[] = "version: 1\nmachine: {nodes: [{memory: 64MiB, cpus: 1}]}\n";
static const char workload_text[] =
    "version: 1\nmachine: m.yaml\nseed: 7\ntick: 20ms\n"
    "duration: 1s\nevents: [[0, a, alloc_pages, x, 0, GFP_KERNEL]]\n";

struct folder {
    char path[32];
    char machine[48];
    char workload[48];
};

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
}

static void folder_init(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(folder->path));
    snprintf(folder->machine, sizeof(folder->machine), "%s/m.yaml", folder->path);
    snprintf(folder->workload, sizeof(folder->workload), "%s/w.yaml", folder->path);
    write_text(folder->machine, machine_text);
    write_text(folder->workload, workload_text);
}

static void folder_fini(struct folder *folder)
{
    unlink(folder->machine);
    unlink(folder->workload);
    rmdir(folder->path);
}

START_TEST(the_workload_decides_what_is_not_overridden)
{
    struct folder folder;
    struct run_inputs inputs;
    struct sim_error err = {0};

    folder_init(&folder);
    ck_assert_msg(
        run_inputs_load(&inputs, &(struct run_choice){.workload_path = folder.workload}, &err),
        "%s", err.message);
    ck_assert_str_eq(inputs.machine_path, folder.machine);
    ck_assert_uint_eq(inputs.spec.seed, 7);
    ck_assert_uint_eq(inputs.spec.tick_ns, 20000000);
    ck_assert_uint_eq(inputs.spec.duration_ns, 1000000000);
    run_inputs_fini(&inputs);
    folder_fini(&folder);
}
END_TEST

START_TEST(overrides_win_over_the_workload)
{
    struct folder folder;
    struct set_options sets = {0};
    struct run_choice choice = {
        .sets = &sets,
        .seed = {true, 9},
        .tick_ns = {true, 5},
        .until_ns = {true, 50},
        .reclaim = RECLAIM_SIMULATED,
    };
    struct run_inputs inputs;
    struct sim_error err = {0};

    folder_init(&folder);
    choice.workload_path = folder.workload;
    ck_assert(set_options_add(&sets, "vm.min_free_kbytes=512"));
    ck_assert_msg(run_inputs_load(&inputs, &choice, &err), "%s", err.message);
    ck_assert_uint_eq(inputs.spec.seed, 9);
    ck_assert_uint_eq(inputs.spec.tick_ns, 5);
    ck_assert_uint_eq(inputs.spec.duration_ns, 50);
    ck_assert_int_eq(inputs.spec.reclaim_replay, RECLAIM_SIMULATED);
    ck_assert_int_eq(inputs.spec.machine.vm.min_free_kbytes, 512);
    run_inputs_fini(&inputs);
    set_options_fini(&sets);
    folder_fini(&folder);
}
END_TEST

START_TEST(inputs_are_named_by_content_and_without_folders)
{
    struct folder folder;
    struct run_inputs inputs;
    struct sim_error err = {0};

    folder_init(&folder);
    ck_assert(
        run_inputs_load(&inputs, &(struct run_choice){.workload_path = folder.workload}, &err));
    ck_assert_uint_eq(inputs.named.count, 2);
    ck_assert_str_eq(inputs.named.items[0].role, "machine");
    ck_assert_str_eq(inputs.named.items[0].name, "m.yaml");
    ck_assert_uint_eq(inputs.named.items[0].fnv1a64, fnv1a64(machine_text, strlen(machine_text)));
    ck_assert_str_eq(inputs.named.items[1].name, "w.yaml");
    ck_assert_uint_eq(inputs.named.items[1].fnv1a64, fnv1a64(workload_text, strlen(workload_text)));
    run_inputs_fini(&inputs);
    folder_fini(&folder);
}
END_TEST

START_TEST(a_store_reads_each_file_once_for_many_runs)
{
    struct folder folder;
    struct file_store store = {0};
    struct run_inputs inputs;
    struct sim_error err = {0};

    folder_init(&folder);
    for (unsigned run = 0; run < 3; run++) {
        const struct run_choice choice = {.workload_path = folder.workload, .store = &store};

        ck_assert_msg(run_inputs_load(&inputs, &choice, &err), "%s", err.message);
        run_inputs_fini(&inputs);
        if (run == 0)
            folder_fini(&folder);
    }
    ck_assert_uint_eq(store.files.count, 2);
    file_store_fini(&store);
}
END_TEST

START_TEST(a_run_without_a_machine_and_two_files_on_stdin_are_refused)
{
    struct folder folder;
    struct run_inputs inputs;
    struct sim_error err = {0};

    folder_init(&folder);
    write_text(folder.workload, "version: 1\nevents: [[0, a, alloc_pages, x, 0, GFP_KERNEL]]\n");
    ck_assert(
        !run_inputs_load(&inputs, &(struct run_choice){.workload_path = folder.workload}, &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "no machine"));
    run_inputs_fini(&inputs);
    err = (struct sim_error){0};
    ck_assert(!run_inputs_load(
        &inputs, &(struct run_choice){.workload_path = "-", .machine_path = "-"}, &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    run_inputs_fini(&inputs);
    folder_fini(&folder);
}
END_TEST

START_TEST(lack_of_memory_is_an_error_and_leaks_nothing)
{
    struct folder folder;
    unsigned nth = 0;

    folder_init(&folder);
    for (bool failed = true; failed; nth++) {
        struct file_store store = {0};
        const struct run_choice choice = {.workload_path = folder.workload, .store = &store};
        struct run_inputs inputs;
        struct sim_error err = {0};
        bool ok;

        fail_malloc_at(nth);
        ok = run_inputs_load(&inputs, &choice, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(ok, !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        run_inputs_fini(&inputs);
        file_store_fini(&store);
    }
    folder_fini(&folder);
    ck_assert_uint_gt(nth, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run_inputs");

    TEST_CASE(suite, "load", the_workload_decides_what_is_not_overridden,
              overrides_win_over_the_workload, inputs_are_named_by_content_and_without_folders,
              a_store_reads_each_file_once_for_many_runs,
              a_run_without_a_machine_and_two_files_on_stdin_are_refused,
              lack_of_memory_is_an_error_and_leaks_nothing);
    return test_run(suite);
}
