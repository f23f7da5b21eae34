/* SPDX-License-Identifier: MIT */
/* Fuzz target of the machine and workload files: whatever is accepted is sound. */
#include <stdlib.h>
#include <string.h>

#include "config/machine_config.h"
#include "config/workload_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void read_machine(const struct yaml_doc *doc)
{
    struct machine_config machine;
    struct sim_error err = {0};
    struct sim_error check_err = {0};
    bool ok = machine_config_read(&machine, doc, &err);

    require(ok != sim_error_is_set(&err));
    if (ok)
        require(machine_spec_check(&machine.spec, &check_err) && machine.kernel != NULL);
    else
        require(err.line > 0 || err.code == ERR_OUT_OF_MEMORY);
    machine_config_fini(&machine);
}

/* A workload that names files is left alone after its head: a fuzzer opens nothing. */
static void read_workload(const uint8_t *data, size_t size)
{
    struct workload_config workload;
    struct sim_error err = {0};
    struct file_bytes bytes = {.data = malloc(size + 1), .size = size};
    bool ok;

    require(bytes.data != NULL);
    memcpy((uint8_t *)(uintptr_t)bytes.data, data, size);
    ok = workload_config_open_bytes(&workload, "fuzz.yaml", bytes, NULL, &err);
    if (ok && !yaml_map_get(workload.is_trace ? NULL : yaml_doc_root(&workload.doc), "trace"))
        ok = workload_config_load(&workload, NULL, &err);
    require(ok != sim_error_is_set(&err));
    workload_config_fini(&workload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_doc doc = {0};
    struct sim_error err = {0};

    if (yaml_doc_parse(&doc, "fuzz.yaml", data, size, NULL, &err))
        read_machine(&doc);
    yaml_doc_fini(&doc);
    read_workload(data, size);
    return 0;
}
