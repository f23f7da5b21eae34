/* SPDX-License-Identifier: MIT */
/* Manifests that are not what `sweep plan` writes: each is refused with its line. */
#include "sweep/sweep_manifest.h"

#include "base/strbuf.h"
#include "lib/fail_malloc.h"
#include "sweep_case.h"

#define HEAD                                                                                    \
    "{\"type\":\"sweep\",\"schema_version\":1,\"tool\":{\"name\":\"mmsim\",\"version\":\"1\"}," \
    "\"name\":\"x\",\"runs\":2,\"axes\":[\"seed\"],\"metrics\":[\"time_ns\"],"                  \
    "\"keep\":\"metrics\",\"tick_ns\":null,\"until_ns\":7,\"reclaim\":\"captured\","            \
    "\"timeout_ns\":0,\"memory_bytes\":0,\"inputs\":[{\"path\":\"m\",\"fnv1a64\":"              \
    "\"00000000000000aa\"},{\"path\":\"/w\",\"fnv1a64\":\"00000000000000bb\"}]}\n"
#define RUN_0                                                                     \
    "{\"type\":\"run\",\"index\":0,\"key\":\"00000000000000000000000000000001\"," \
    "\"machine\":0,\"workload\":1,\"seed\":1,\"set\":[],\"values\":[\"1\"]}\n"
#define RUN_1                                                                     \
    "{\"type\":\"run\",\"index\":1,\"key\":\"00000000000000000000000000000002\"," \
    "\"machine\":0,\"workload\":1,\"seed\":null,\"set\":[\"a=b\"],\"values\":[\"\\\"2\"]}\n"

static bool open_text(const struct sweep_case *test, const char *text,
                      struct sweep_manifest *manifest, struct sim_error *err)
{
    mkdir(test->dir, 0777);
    case_write(test, "plan/manifest.jsonl", text);
    return sweep_manifest_open(manifest, test->dir, "1", err);
}

START_TEST(a_whole_manifest_is_read)
{
    struct sweep_case test;
    struct sweep_manifest manifest;
    struct sweep_run_texts texts;
    struct sim_error err = {0};

    case_init(&test);
    ck_assert_msg(open_text(&test, HEAD RUN_0 RUN_1, &manifest, &err), "%u: %s", err.line,
                  err.message);
    ck_assert_uint_eq(manifest.runs.count, 2);
    ck_assert_str_eq(manifest.inputs.items[1].path, "/w");
    ck_assert_uint_eq(manifest.inputs.items[0].fnv1a64, 0xaa);
    ck_assert_str_eq(strrchr(manifest.inputs.items[0].path, '/'), "/m");
    ck_assert(!manifest.runs.items[1].seed.given);
    ck_assert_uint_eq(manifest.runs.items[1].key.low, 2);
    ck_assert(sweep_manifest_texts(&manifest, 1, &texts, &err));
    ck_assert_str_eq(texts.sets.items[0], "a=b");
    ck_assert_str_eq(texts.values.items[0], "\"2");
    sweep_run_texts_fini(&texts);
    sweep_manifest_close(&manifest);
    case_fini(&test);
}
END_TEST

static char *replaced(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);
    struct strbuf result = {0};

    ck_assert_msg(at != NULL, "%s", what);
    strbuf_add(&result, text, (size_t)(at - text));
    strbuf_adds(&result, with);
    strbuf_adds(&result, at + strlen(what));
    return result.data;
}

static const struct {
    const char *what, *with;
    enum sim_error_code code;
    uint32_t line;
} damages[] = {
    {"\"schema_version\":1", "\"schema_version\":2", ERR_SWEEP_VERSION, 1},
    {"\"version\":\"1\"", "\"version\":\"0\"", ERR_SWEEP_VERSION, 1},
    {"\"type\":\"sweep\"", "\"type\":\"header\"", ERR_SWEEP_MANIFEST, 1},
    {"\"runs\":2", "\"runs\":3", ERR_SWEEP_MANIFEST, 3},
    {"\"runs\":2", "\"runs\":1", ERR_SWEEP_MANIFEST, 3},
    {"\"runs\":2", "\"runs\":-2", ERR_SWEEP_MANIFEST, 1},
    {"\"runs\":2,", "", ERR_SWEEP_MANIFEST, 1},
    {"\"runs\":2", "\"runs\":2,\"runs\":2", ERR_SWEEP_MANIFEST, 1},
    {"[\"seed\"]", "\"seed\"", ERR_SWEEP_MANIFEST, 1},
    {"[\"seed\"]", "[1]", ERR_SWEEP_MANIFEST, 1},
    {"\"keep\":\"metrics\"", "\"keep\":\"all\"", ERR_SWEEP_MANIFEST, 1},
    {"\"captured\"", "\"both\"", ERR_SWEEP_MANIFEST, 1},
    {"\"until_ns\":7", "\"until_ns\":\"7\"", ERR_SWEEP_MANIFEST, 1},
    {"\"00000000000000aa\"", "\"0000000000000aa\"", ERR_SWEEP_MANIFEST, 1},
    {"\"path\":\"m\"", "\"path\":\"\"", ERR_SWEEP_MANIFEST, 1},
    {"\"index\":0", "\"index\":1", ERR_SWEEP_MANIFEST, 2},
    {"\"machine\":0", "\"machine\":2", ERR_SWEEP_MANIFEST, 2},
    {"\"workload\":1", "\"workload\":9", ERR_SWEEP_MANIFEST, 2},
    {"0000000000000001\"", "0000000000000002\"", ERR_SWEEP_MANIFEST, 3},
    {"0000000000000001\"", "000000000000000G\"", ERR_SWEEP_MANIFEST, 2},
    {"\"seed\":1", "\"seed\":1.5", ERR_SWEEP_MANIFEST, 2},
    {"\"values\":[\"1\"]}", "\"values\":[\"1\"]", ERR_SWEEP_MANIFEST, 2},
    {"\"values\":[\"1\"]}", "\"values\":[\"1\"]} {}", ERR_SWEEP_MANIFEST, 2},
    {"\"values\":[\"\\\"2\"]}\n", "\"values\":[\"\\\"2\"]}", ERR_SWEEP_MANIFEST, 3},
    {"{\"type\":\"sweep\"", "\n{\"type\":\"sweep\"", ERR_SWEEP_MANIFEST, 1},
};

START_TEST(a_damaged_manifest_is_refused_with_its_line)
{
    struct sweep_case test;
    struct sweep_manifest manifest;
    struct sim_error err = {0};
    char *text = replaced(HEAD RUN_0 RUN_1, damages[_i].what, damages[_i].with);

    case_init(&test);
    ck_assert_msg(!open_text(&test, text, &manifest, &err), "%s", damages[_i].with);
    expect_place(&err, damages[_i].code, damages[_i].line, 1);
    sweep_manifest_close(&manifest);
    case_fini(&test);
    free(text);
}
END_TEST

START_TEST(an_empty_or_missing_manifest_is_refused)
{
    struct sweep_case test;
    struct sweep_manifest manifest;
    struct sim_error err = {0};

    case_init(&test);
    ck_assert(!sweep_manifest_open(&manifest, test.dir, "1", &err));
    ck_assert_int_eq(err.code, ERR_OPEN);
    sweep_manifest_close(&manifest);
    err = (struct sim_error){0};
    ck_assert(!open_text(&test, "", &manifest, &err));
    expect_place(&err, ERR_SWEEP_MANIFEST, 1, 1);
    sweep_manifest_close(&manifest);
    case_fini(&test);
}
END_TEST

START_TEST(texts_must_fit_the_axes)
{
    struct sweep_case test;
    struct sweep_manifest manifest;
    struct sweep_run_texts texts;
    struct sim_error err = {0};
    char *text = replaced(HEAD RUN_0 RUN_1, "\"values\":[\"1\"]", "\"values\":[\"1\",\"2\"]");

    case_init(&test);
    ck_assert(open_text(&test, text, &manifest, &err));
    ck_assert(!sweep_manifest_texts(&manifest, 0, &texts, &err));
    expect_place(&err, ERR_SWEEP_MANIFEST, 2, 1);
    sweep_manifest_close(&manifest);
    case_fini(&test);
    free(text);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct sweep_case test;
    bool ok;

    case_init(&test);
    mkdir(test.dir, 0777);
    case_write(&test, "plan/manifest.jsonl", HEAD RUN_0 RUN_1);
    for (unsigned n = 0;; n++) {
        struct sweep_manifest manifest;
        struct sweep_run_texts texts = {0};
        struct sim_error err = {0};

        fail_malloc_at(n);
        ok = sweep_manifest_open(&manifest, test.dir, "1", &err) &&
             sweep_manifest_texts(&manifest, 1, &texts, &err);
        sweep_run_texts_fini(&texts);
        sweep_manifest_close(&manifest);
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
    Suite *suite = suite_create("sweep_manifest");
    TCase *damage = tcase_create("damage");

    TEST_CASE(suite, "whole", a_whole_manifest_is_read);
    tcase_add_loop_test(damage, a_damaged_manifest_is_refused_with_its_line, 0,
                        sizeof(damages) / sizeof(damages[0]));
    suite_add_tcase(suite, damage);
    TEST_CASE(suite, "others", an_empty_or_missing_manifest_is_refused, texts_must_fit_the_axes,
              every_allocation_may_fail);
    return test_run(suite);
}
