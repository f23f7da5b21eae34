/* SPDX-License-Identifier: MIT */
/* The vocabulary of the configuration tests: a machine and a workload from strings. */
#ifndef TESTS_UNIT_CONFIG_CONFIG_CASE_H
#define TESTS_UNIT_CONFIG_CONFIG_CASE_H

#include <stdlib.h>
#include <string.h>

#include "config/cost_config.h"
#include "config/machine_config.h"
#include "config/workload_config.h"
#include "lib/test.h"

static inline struct file_bytes bytes_of(const char *text)
{
    struct file_bytes bytes = {.data = NULL, .size = strlen(text)};
    uint8_t *copy = malloc(bytes.size + 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, bytes.size + 1);
    bytes.data = copy;
    return bytes;
}

static inline bool read_machine(const char *text, struct machine_config *machine,
                                struct sim_error *err)
{
    struct yaml_doc doc = {0};
    bool ok;

    *machine = (struct machine_config){0};
    ok = yaml_doc_parse(&doc, "m.yaml", (const uint8_t *)text, strlen(text), NULL, err) &&
         machine_config_read(machine, &doc, err);
    yaml_doc_fini(&doc);
    return ok;
}

static inline struct machine_config must_read_machine(const char *text)
{
    struct machine_config machine;
    struct sim_error err = {0};

    ck_assert_msg(read_machine(text, &machine, &err), "%u:%u: %s", err.line, err.column,
                  err.message);
    return machine;
}

static inline bool read_workload(const char *text, struct workload_config *workload,
                                 struct sim_error *err)
{
    return workload_config_open_bytes(workload, "dir/w.yaml", bytes_of(text), NULL, err) &&
           workload_config_load(workload, NULL, err);
}

static inline void expect_place(const struct sim_error *err, enum sim_error_code code,
                                uint32_t line, uint32_t column)
{
    ck_assert_msg(err->code == code && err->line == line && err->column == column, "%u:%u: %s: %s",
                  err->line, err->column, sim_error_code_name(err->code), err->message);
}

/* The text is refused with this code at this place. */
static inline struct sim_error refuse_machine(const char *text, enum sim_error_code code,
                                              uint32_t line, uint32_t column)
{
    struct machine_config machine;
    struct sim_error err = {0};

    ck_assert(!read_machine(text, &machine, &err));
    machine_config_fini(&machine);
    expect_place(&err, code, line, column);
    return err;
}

static inline struct sim_error refuse_workload(const char *text, enum sim_error_code code,
                                               uint32_t line, uint32_t column)
{
    struct workload_config workload;
    struct sim_error err = {0};

    ck_assert(!read_workload(text, &workload, &err));
    workload_config_fini(&workload);
    expect_place(&err, code, line, column);
    return err;
}

static inline struct workload_config must_read_workload(const char *text)
{
    struct workload_config workload;
    struct sim_error err = {0};

    ck_assert_msg(read_workload(text, &workload, &err), "%u:%u: %s", err.line, err.column,
                  err.message);
    return workload;
}

#endif
