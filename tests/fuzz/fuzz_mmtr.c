/* SPDX-License-Identifier: MIT */
/* Fuzz target of the binary trace reader: what opens is read to its end and written back alike. */
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "trace/mmtr_format.h"
#include "trace/mmtr_source.h"
#include "trace/mmtr_writer.h"
#include "trace/trace_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const uint8_t *bytes, size_t size)
{
    struct sim_error err = {0};
    struct trace_source *trace = mmtr_source_create("fuzz", bytes, size, &err), *again;
    struct trace_info info, info_again;
    struct strbuf copy = {0};
    struct mmtr_writer *writer;

    require((trace != NULL) != sim_error_is_set(&err));
    if (!trace)
        return;
    writer = mmtr_writer_create(NULL, &copy, &err);
    require(writer && trace_info_collect(trace, &info, &err));
    require(mmtr_writer_add_source(writer, trace, &err) && mmtr_writer_finish(writer, NULL, &err));
    again = mmtr_source_create("copy", (const uint8_t *)copy.data, copy.length, &err);
    require(again && trace_info_collect(again, &info_again, &err));
    require(memcmp(&info, &info_again, sizeof(info)) == 0);
    trace_source_destroy(again);
    mmtr_writer_destroy(writer);
    strbuf_fini(&copy);
    trace_source_destroy(trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *mended;

    check(data, size);
    if (size < MMTR_HEADER_SIZE + MMTR_FOOTER_SIZE)
        return 0;
    /* a fuzzer does not find checksums: behind them is where the reader has work to do */
    mended = malloc(size);
    require(mended != NULL);
    memcpy(mended, data, size);
    put_le64(mended + size - 16, size);
    put_le64(mended + size - 8, mmtr_checksum(MMTR_CHECKSUM_INIT, mended, size - 8));
    check(mended, size);
    free(mended);
    return 0;
}
