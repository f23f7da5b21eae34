/* SPDX-License-Identifier: MIT */
/* --set: what replaces what, and where the errors are. */
#include <stdio.h>

#include "yaml/yaml_override.h"
#include "yaml/yaml_value.h"
#include "yaml_case.h"

static const char machine[] = "vm: {min_free_kbytes: 1024}\n"
                              "empty:\n"
                              "nodes:\n"
                              "  - {cpus: 1}\n"
                              "  - {cpus: 2, memory: [1, 2]}\n";

static void apply(struct yaml_doc *doc, const char *argument)
{
    struct sim_error err = {0};

    ck_assert_msg(yaml_override_apply(doc, &argument, 1, &err), "%u: %s", err.column, err.message);
}

static void rejects(const char *argument, enum sim_error_code code, uint32_t column,
                    const char *path)
{
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0};
    char file[128];

    snprintf(file, sizeof(file), "--set %s", argument);
    ck_assert_msg(!yaml_override_apply(&doc, &argument, 1, &err), "%s", argument);
    expect_error(&err, code, file, 1, column, path);
    yaml_doc_fini(&doc);
}

/* The node at a path of keys and indices "0", "1" ...; NULL ends the list. */
static const struct yaml_node *at(const struct yaml_doc *doc, const char *const *steps)
{
    const struct yaml_node *node = yaml_doc_root(doc);

    for (; *steps; steps++) {
        node = node->kind == YAML_SEQUENCE ? yaml_seq_at(node, (uint32_t)(**steps - '0'))
                                           : yaml_map_get(node, *steps);
        ck_assert_ptr_nonnull(node);
    }
    return node;
}

#define AT(doc, ...) at((doc), (const char *const[]){__VA_ARGS__, NULL})

static void expect_path(const struct yaml_node *node, const char *expected)
{
    char path[128];

    yaml_node_path(node, path, sizeof(path));
    ck_assert_str_eq(path, expected);
}

START_TEST(a_value_is_replaced)
{
    struct yaml_doc doc = must_parse(machine);
    const struct yaml_node *node;

    apply(&doc, "vm.min_free_kbytes=4096");
    node = AT(&doc, "vm", "min_free_kbytes");
    ck_assert_str_eq(node->text, "4096");
    ck_assert(node->plain);
    expect_path(node, "vm.min_free_kbytes");
    ck_assert_uint_eq(AT(&doc, "vm")->count, 1);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_new_value_says_where_it_comes_from)
{
    struct yaml_doc doc = must_parse(machine);
    const struct yaml_node *node;

    apply(&doc, "vm.min_free_kbytes=[1, x]");
    node = AT(&doc, "vm", "min_free_kbytes", "1");
    ck_assert_str_eq(node->file, "--set vm.min_free_kbytes=[1, x]");
    ck_assert_uint_eq(node->line, 1);
    ck_assert_uint_eq(node->column, 24);
    expect_path(node, "vm.min_free_kbytes[1]");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(readers_report_overridden_values_as_set)
{
    static const char *const known[] = {"min_free_kbytes"};
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0}, unknown = {0};
    uint64_t value;

    apply(&doc, "vm.min_free_kbytes=none");
    ck_assert(!yaml_get_uint(AT(&doc, "vm", "min_free_kbytes"), 0, 9, &value, &err));
    expect_error(&err, ERR_BAD_NUMBER, "--set vm.min_free_kbytes=none", 1, 20,
                 "vm.min_free_kbytes");
    apply(&doc, "vm.min_fre_kbytes=1");
    ck_assert(!yaml_check_keys(AT(&doc, "vm"), known, 1, &unknown));
    expect_error(&unknown, ERR_UNKNOWN_KEY, "--set vm.min_fre_kbytes=1", 1, 4, "vm.min_fre_kbytes");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(items_are_reached_by_index)
{
    struct yaml_doc doc = must_parse(machine);

    apply(&doc, "nodes[1].cpus=8");
    apply(&doc, "nodes[1].memory[0]=64MiB");
    apply(&doc, "nodes[0]={cpus: 3}");
    ck_assert_str_eq(AT(&doc, "nodes", "1", "cpus")->text, "8");
    ck_assert_str_eq(AT(&doc, "nodes", "1", "memory", "0")->text, "64MiB");
    ck_assert_str_eq(AT(&doc, "nodes", "0", "cpus")->text, "3");
    expect_path(AT(&doc, "nodes", "1", "memory", "0"), "nodes[1].memory[0]");
    expect_path(AT(&doc, "nodes", "0", "cpus"), "nodes[0].cpus");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(missing_mappings_are_made)
{
    struct yaml_doc doc = must_parse(machine);
    const struct yaml_node *key, *value;

    apply(&doc, "costs.slow.path=5us");
    apply(&doc, "costs.fast=1");
    ck_assert_str_eq(AT(&doc, "costs", "slow", "path")->text, "5us");
    expect_path(AT(&doc, "costs", "slow", "path"), "costs.slow.path");
    ck_assert_uint_eq(AT(&doc, "costs")->count, 2);
    yaml_map_at(AT(&doc, "costs", "slow"), 0, &key, &value);
    expect_path(key, "costs.slow.path");
    ck_assert_uint_eq(key->column, 12);
    ck_assert_str_eq(key->file, "--set costs.slow.path=5us");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_null_becomes_a_mapping)
{
    struct yaml_doc doc = must_parse(machine);

    apply(&doc, "empty.x.y=1");
    ck_assert_str_eq(AT(&doc, "empty", "x", "y")->text, "1");
    expect_path(AT(&doc, "empty", "x", "y"), "empty.x.y");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(the_last_argument_wins)
{
    static const char *const arguments[] = {"vm.a=1", "vm.a=2", "vm=[]", "vm={b: 3}"};
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0};

    ck_assert(yaml_override_apply(&doc, arguments, 2, &err));
    ck_assert_str_eq(AT(&doc, "vm", "a")->text, "2");
    ck_assert_uint_eq(AT(&doc, "vm")->count, 2);
    ck_assert(yaml_override_apply(&doc, arguments, 4, &err));
    ck_assert_str_eq(AT(&doc, "vm", "b")->text, "3");
    ck_assert(yaml_override_apply(&doc, NULL, 0, &err));
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(quotes_make_a_text)
{
    struct yaml_doc doc = must_parse(machine);

    apply(&doc, "name='1 = 2'");
    ck_assert_str_eq(AT(&doc, "name")->text, "1 = 2");
    ck_assert(!AT(&doc, "name")->plain);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(malformed_arguments_are_rejected)
{
    rejects("", ERR_BAD_SET, 1, "");
    rejects("vm", ERR_BAD_SET, 3, "");
    rejects("=1", ERR_BAD_SET, 1, "");
    rejects(".vm=1", ERR_BAD_SET, 1, "");
    rejects("vm..x=1", ERR_BAD_SET, 4, "");
    rejects("vm.=1", ERR_BAD_SET, 4, "");
    rejects("vm]=1", ERR_BAD_SET, 3, "");
    rejects("[0]=1", ERR_BAD_SET, 1, "");
    rejects("nodes[x]=1", ERR_BAD_SET, 6, "");
    rejects("nodes[]=1", ERR_BAD_SET, 6, "");
    rejects("nodes[0=1", ERR_BAD_SET, 6, "");
    rejects("nodes[01]=1", ERR_BAD_SET, 6, "");
    rejects("nodes[0]x=1", ERR_BAD_SET, 9, "");
    rejects("nodes[99999999999999999999]=1", ERR_BAD_SET, 6, "");
    rejects("vm.a=", ERR_BAD_SET, 6, "");
    rejects("vm.a=  ", ERR_BAD_SET, 6, "");
}
END_TEST

START_TEST(an_argument_is_one_line)
{
    static const char *const arguments[] = {"vm.a=[1,\n2]", "vm.a=[1,\r2]", "vm.a=[1,\xc2\x85 2]",
                                            "vm.a=[1,\xe2\x80\xa8 2]", "vm.a=[1,\xe2\x80\xa9 2]"};

    for (int i = 0; i < 5; i++) {
        struct yaml_doc doc = must_parse(machine);
        struct sim_error err = {0};

        ck_assert(!yaml_override_apply(&doc, &arguments[i], 1, &err));
        ck_assert_int_eq(err.code, ERR_BAD_SET);
        ck_assert_uint_eq(err.line, 1);
        ck_assert_uint_eq(err.column, 9);
        yaml_doc_fini(&doc);
    }
}
END_TEST

START_TEST(columns_count_characters)
{
    struct yaml_doc doc = must_parse(machine);
    const struct yaml_node *key, *value;

    apply(&doc, "vm={\xc3\xa4: 1}");
    apply(&doc, "vm.\xc3\xa4\xc3\xa4.b=\xc3\xa4");
    yaml_map_at(AT(&doc, "vm", "\xc3\xa4\xc3\xa4"), 0, &key, &value);
    ck_assert_uint_eq(key->column, 7);
    ck_assert_uint_eq(value->column, 9);
    rejects("\xc3\xa4..b=1", ERR_BAD_SET, 3, "");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(keys_are_text)
{
    struct yaml_doc doc = must_parse(machine);
    const char *const arguments[] = {"a\xff=1", "a\x1b=1"};

    for (int i = 0; i < 2; i++) {
        struct sim_error err = {0};

        ck_assert(!yaml_override_apply(&doc, &arguments[i], 1, &err));
        ck_assert_int_eq(err.code, ERR_BAD_SET);
        ck_assert_uint_eq(err.column, 2);
    }
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(steps_that_do_not_fit_are_rejected)
{
    rejects("nodes.cpus=1", ERR_BAD_SET, 7, "nodes");
    rejects("vm[0]=1", ERR_BAD_SET, 3, "vm");
    rejects("nodes[2]=1", ERR_BAD_SET, 6, "nodes");
    rejects("nodes[0].cpus.x=1", ERR_BAD_SET, 15, "nodes[0].cpus");
    rejects("vm.min_free_kbytes[0]=1", ERR_BAD_SET, 19, "vm.min_free_kbytes");
    rejects("new[0]=1", ERR_BAD_SET, 4, "");
    rejects("empty[0]=1", ERR_BAD_SET, 6, "");
}
END_TEST

START_TEST(malformed_values_keep_their_own_code)
{
    rejects("vm.a=[1, 2", ERR_YAML_SYNTAX, 11, "vm.a");
    rejects("vm.a={x: 1, x: 2}", ERR_YAML_DUPLICATE_KEY, 13, "vm.a.x");
    rejects("vm.a=[0, *x]", ERR_YAML_ALIAS, 10, "vm.a[1]");
    rejects("vm.a=! 1", ERR_YAML_ALIAS, 6, "vm.a");
    rejects("vm.a=\xff", ERR_YAML_ENCODING, 6, "vm.a");
    rejects("vm.a=# nothing", ERR_YAML_EMPTY, 6, "vm.a");
}
END_TEST

START_TEST(block_style_is_rejected)
{
    rejects("vm.a=b: 1", ERR_BAD_SET, 6, "vm.a");
    rejects("vm.a=- 1", ERR_BAD_SET, 6, "vm.a");
    rejects("vm.a=|", ERR_BAD_SET, 6, "vm.a");
}
END_TEST

START_TEST(a_failed_argument_changes_nothing)
{
    static const char *const arguments[] = {"vm.a=1", "made.up[0]=1", "vm.b=2"};
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0};

    ck_assert(!yaml_override_apply(&doc, arguments, 3, &err));
    ck_assert_ptr_null(yaml_map_get(yaml_doc_root(&doc), "made"));
    ck_assert_str_eq(AT(&doc, "vm", "a")->text, "1");
    ck_assert_uint_eq(AT(&doc, "vm")->count, 2);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(long_arguments_are_cut_in_errors_only)
{
    char argument[600] = "vm.";
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0};
    const char *list = argument;

    memset(argument + 3, 'k', 400);
    memcpy(argument + 403, "=[1", sizeof("=[1"));
    ck_assert(!yaml_override_apply(&doc, &list, 1, &err));
    ck_assert_int_eq(err.code, ERR_YAML_SYNTAX);
    ck_assert_str_eq(err.path + strlen(err.path) - 3, "...");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(paths_have_a_limit)
{
    char argument[300] = "a";
    struct yaml_doc doc = must_parse(machine);
    struct sim_error err = {0};
    const char *list = argument;

    for (int i = 0; i < YAML_DEPTH_MAX; i++)
        memcpy(argument + 1 + 2 * i, ".a", 2);
    memcpy(argument + 1 + 2 * YAML_DEPTH_MAX, "=1", 2);
    ck_assert(!yaml_override_apply(&doc, &list, 1, &err));
    ck_assert_int_eq(err.code, ERR_BAD_SET);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_document_that_is_no_mapping_has_no_keys)
{
    struct yaml_doc doc = must_parse("[1]");
    struct sim_error err = {0};
    const char *argument = "a=1";

    ck_assert(!yaml_override_apply(&doc, &argument, 1, &err));
    expect_error(&err, ERR_BAD_SET, "--set a=1", 1, 1, "");
    yaml_doc_fini(&doc);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_override");

    TEST_CASE(suite, "values", a_value_is_replaced, a_new_value_says_where_it_comes_from,
              readers_report_overridden_values_as_set, items_are_reached_by_index,
              missing_mappings_are_made, a_null_becomes_a_mapping, the_last_argument_wins,
              quotes_make_a_text);
    TEST_CASE(suite, "rejections", malformed_arguments_are_rejected, an_argument_is_one_line,
              columns_count_characters, keys_are_text, steps_that_do_not_fit_are_rejected,
              malformed_values_keep_their_own_code, block_style_is_rejected,
              a_failed_argument_changes_nothing, long_arguments_are_cut_in_errors_only,
              paths_have_a_limit, a_document_that_is_no_mapping_has_no_keys);
    return test_run(suite);
}
