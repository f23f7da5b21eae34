/* SPDX-License-Identifier: MIT */
/* The vocabulary of the sweep tests: a folder with files, and a sweep from a string. */
#ifndef TESTS_UNIT_SWEEP_SWEEP_CASE_H
#define TESTS_UNIT_SWEEP_SWEEP_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/test.h"
#include "sweep/sweep_file.h"

/* FOLDER/{m,n}.yaml are machines, w.yaml a workload that names m.yaml, s.yaml the sweep. */
struct sweep_case {
    char folder[40];
    char sweep[56];
    char dir[56]; /* for the plan; not made yet */
};

static inline void case_write(const struct sweep_case *test, const char *name, const char *text)
{
    char path[80];
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s", test->folder, name);
    stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
}

static inline void case_init(struct sweep_case *test)
{
    *test = (struct sweep_case){.folder = "/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(test->folder));
    snprintf(test->sweep, sizeof(test->sweep), "%s/s.yaml", test->folder);
    snprintf(test->dir, sizeof(test->dir), "%s/plan", test->folder);
    case_write(test, "m.yaml", "version: 1\nmachine: {nodes: [{memory: 64MiB, cpus: 1}]}\n");
    case_write(test, "n.yaml", "version: 1\nmachine: {nodes: [{memory: 64MiB, cpus: 2}]}\n");
    case_write(test, "w.yaml",
               "version: 1\nmachine: m.yaml\nduration: 1s\n"
               "tasks: [{name: a, cpu: 0, steps: [{alloc_pages: {id: x, count: 5}}]}]\n");
}

static inline void case_fini(const struct sweep_case *test)
{
    static const char *const names[] = {"m.yaml", "n.yaml", "w.yaml",
                                        "s.yaml", "v.yaml", "plan/manifest.jsonl"};
    char path[80];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", test->folder, names[i]);
        unlink(path);
    }
    rmdir(test->dir);
    ck_assert_int_eq(rmdir(test->folder), 0);
}

/* "version: 1\n" stands before the text: places begin in line 2. */
static inline bool case_read(struct sweep_file *file, const char *path, const char *text,
                             struct sim_error *err)
{
    struct yaml_doc doc = {0};
    char whole[4096];

    *file = (struct sweep_file){0};
    snprintf(whole, sizeof(whole), "version: 1\n%s", text);
    if (yaml_doc_parse(&doc, path, (const uint8_t *)whole, strlen(whole), NULL, err))
        return sweep_file_read(file, path, doc, err);
    yaml_doc_fini(&doc);
    return false;
}

static inline void must_read(struct sweep_file *file, const char *path, const char *text)
{
    struct sim_error err = {0};

    ck_assert_msg(case_read(file, path, text, &err), "%u:%u: %s", err.line, err.column,
                  err.message);
}

static inline void expect_place(const struct sim_error *err, enum sim_error_code code,
                                uint32_t line, uint32_t column)
{
    ck_assert_msg(err->code == code && err->line == line && err->column == column,
                  "%s:%u:%u: %s: %s", err->file, err->line, err->column,
                  sim_error_code_name(err->code), err->message);
}

#endif
