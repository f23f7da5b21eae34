/* SPDX-License-Identifier: MIT */
/* Documents: what is accepted, what each rejected thing is called and where it is found. */
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "yaml_case.h"

static void rejects_bytes(const char *text, size_t size, enum sim_error_code code, uint32_t line,
                          uint32_t column, const char *path)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert(!yaml_doc_parse(&doc, "file.yaml", (const uint8_t *)text, size, NULL, &err));
    expect_error(&err, code, "file.yaml", line, column, path);
    ck_assert_ptr_null(yaml_doc_root(&doc));
    yaml_doc_fini(&doc);
}

static void rejects(const char *text, enum sim_error_code code, uint32_t line, uint32_t column,
                    const char *path)
{
    rejects_bytes(text, strlen(text), code, line, column, path);
}

static void expect_scalar(const struct yaml_node *node, const char *text, bool plain)
{
    ck_assert_int_eq(node->kind, YAML_SCALAR);
    ck_assert_str_eq(node->text, text);
    ck_assert_uint_eq(node->length, strlen(text));
    ck_assert_int_eq(node->plain, plain);
}

START_TEST(nodes_know_their_kind_and_place)
{
    struct yaml_doc doc = must_parse("a: 1\nlist:\n  - x\n  - {k: 'v'}\n");
    const struct yaml_node *list = child(&doc, "list"), *map = yaml_seq_at(list, 1);

    ck_assert_int_eq(yaml_doc_root(&doc)->kind, YAML_MAPPING);
    ck_assert_uint_eq(yaml_doc_root(&doc)->count, 2);
    ck_assert_int_eq(list->kind, YAML_SEQUENCE);
    ck_assert_uint_eq(list->count, 2);
    ck_assert_uint_eq(list->line, 3);
    ck_assert_uint_eq(list->column, 3);
    ck_assert_uint_eq(map->line, 4);
    ck_assert_uint_eq(map->column, 5);
    ck_assert_uint_eq(yaml_map_get(map, "k")->column, 9);
    ck_assert_str_eq(map->file, "file.yaml");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(pairs_keep_the_order_of_the_file)
{
    struct yaml_doc doc = must_parse("z: 1\na: 2\nm: 3\n");
    const char *const keys[] = {"z", "a", "m"}, *const values[] = {"1", "2", "3"};

    for (uint32_t i = 0; i < 3; i++) {
        const struct yaml_node *key, *value;

        yaml_map_at(yaml_doc_root(&doc), i, &key, &value);
        expect_scalar(key, keys[i], true);
        expect_scalar(value, values[i], true);
    }
    ck_assert_ptr_null(yaml_map_get(yaml_doc_root(&doc), "q"));
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(quoted_and_block_scalars_are_not_plain)
{
    struct yaml_doc doc = must_parse("[a, 'b', \"c\\t\", '', ]");
    struct yaml_doc block = must_parse("k: |\n  two\n  lines\n");
    const struct yaml_node *root = yaml_doc_root(&doc);

    ck_assert_uint_eq(root->count, 4);
    expect_scalar(yaml_seq_at(root, 0), "a", true);
    expect_scalar(yaml_seq_at(root, 1), "b", false);
    expect_scalar(yaml_seq_at(root, 2), "c\t", false);
    expect_scalar(yaml_seq_at(root, 3), "", false);
    expect_scalar(child(&block, "k"), "two\nlines\n", false);
    yaml_doc_fini(&block);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(null_is_plain_and_empty_or_null)
{
    struct yaml_doc doc = must_parse("- \n- ~\n- null\n- 'null'\n- ''\n- nul\n- []\n");
    const bool expected[] = {true, true, true, false, false, false, false};

    for (uint32_t i = 0; i < 7; i++)
        ck_assert_int_eq(yaml_is_null(yaml_seq_at(yaml_doc_root(&doc), i)), expected[i]);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(columns_count_characters_and_a_byte_order_mark_is_none)
{
    struct yaml_doc doc = must_parse("\xef\xbb\xbf{\xc3\xa4\xc3\xb6: 1}");
    const struct yaml_node *key, *value;

    yaml_map_at(yaml_doc_root(&doc), 0, &key, &value);
    ck_assert_uint_eq(yaml_doc_root(&doc)->column, 1);
    ck_assert_uint_eq(key->column, 2);
    ck_assert_uint_eq(value->column, 6);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(the_file_name_and_the_bytes_may_go_away)
{
    struct yaml_doc doc;
    struct sim_error err = {0};
    char name[] = "gone.yaml", text[] = "{key: value}";

    ck_assert(yaml_doc_parse(&doc, name, (const uint8_t *)text, strlen(text), NULL, &err));
    memset(name, 'x', strlen(name));
    memset(text, 'x', strlen(text));
    expect_scalar(child(&doc, "key"), "value", true);
    ck_assert_str_eq(child(&doc, "key")->file, "gone.yaml");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(destruction_accepts_null_and_zero)
{
    struct yaml_doc doc = {0};

    yaml_doc_fini(NULL);
    yaml_doc_fini(&doc);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(syntax_errors_stand_where_the_parser_stops)
{
    rejects("a: [1, 2", ERR_YAML_SYNTAX, 1, 9, "a");
    rejects("a: 1\n b: 2\n", ERR_YAML_SYNTAX, 2, 3, "");
    rejects("a:\n  - {x: 1\n  - 2\n", ERR_YAML_SYNTAX, 4, 1, "a[0]");
    rejects("a: \"open\nb: 1\n", ERR_YAML_SYNTAX, 3, 1, "a");
    rejects("\tx: 1\n", ERR_YAML_SYNTAX, 1, 1, "");
    rejects("a: ]\n", ERR_YAML_SYNTAX, 1, 4, "a");
    rejects("%YAML 3.0\n---\na: 1\n", ERR_YAML_SYNTAX, 1, 1, "");
}
END_TEST

START_TEST(control_characters_are_syntax_errors)
{
    rejects("a: 1\nb: x\x1by\n", ERR_YAML_SYNTAX, 2, 5, "");
    rejects("a: \x7f", ERR_YAML_SYNTAX, 1, 4, "");
    rejects("a: \xc2\x80", ERR_YAML_SYNTAX, 1, 4, "");
    rejects("a: \xef\xbf\xbe", ERR_YAML_SYNTAX, 1, 4, "");
}
END_TEST

START_TEST(text_that_is_not_utf8_is_an_encoding_error)
{
    rejects("a: 1\n\xc3\xa4: \xff\n", ERR_YAML_ENCODING, 2, 4, "");
    rejects("\xff\xfe"
            "a",
            ERR_YAML_ENCODING, 1, 1, "");
    rejects("a: \xc0\x80", ERR_YAML_ENCODING, 1, 4, "");
    rejects("a: \xed\xa0\x80", ERR_YAML_ENCODING, 1, 4, "");
    rejects("a: \xf4\x90\x80\x80", ERR_YAML_ENCODING, 1, 4, "");
    rejects("a: \xe2\x82", ERR_YAML_ENCODING, 1, 4, "");
    rejects("a: \x80", ERR_YAML_ENCODING, 1, 4, "");
}
END_TEST

START_TEST(nul_bytes_are_encoding_errors)
{
    static const char raw[] = "a: 1\nb: \0\n", first[] = "\0a";

    rejects_bytes(raw, sizeof(raw) - 1, ERR_YAML_ENCODING, 2, 4, "");
    rejects_bytes(first, sizeof(first) - 1, ERR_YAML_ENCODING, 1, 1, "");
    rejects("a: [x, \"\\0\"]\n", ERR_YAML_ENCODING, 1, 8, "a[1]");
    rejects("a: \"x\\x00y\"\n", ERR_YAML_ENCODING, 1, 4, "a");
}
END_TEST

START_TEST(a_file_without_a_value_is_empty)
{
    rejects("", ERR_YAML_EMPTY, 1, 1, "");
    rejects("\xef\xbb\xbf", ERR_YAML_EMPTY, 1, 1, "");
    rejects("# only\n# comments\n", ERR_YAML_EMPTY, 1, 1, "");
    rejects("---\n...\n", ERR_YAML_EMPTY, 2, 1, "");
    rejects("---", ERR_YAML_EMPTY, 1, 4, "");
}
END_TEST

START_TEST(a_second_document_is_rejected_where_it_begins)
{
    rejects("a: 1\n---\nb: 1\n", ERR_YAML_MANY_DOCUMENTS, 2, 1, "");
    rejects("---\n---\na: 1\n", ERR_YAML_MANY_DOCUMENTS, 2, 1, "");
    rejects("a: 1\n...\n--- b\n", ERR_YAML_MANY_DOCUMENTS, 3, 1, "");
}
END_TEST

START_TEST(anchors_aliases_and_tags_are_rejected)
{
    rejects("a: &x 1\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: 1\nb: *x\n", ERR_YAML_ALIAS, 2, 4, "b");
    rejects("a: &x [1]\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a:\n - 1\n - &x {}\n", ERR_YAML_ALIAS, 3, 4, "a[1]");
    rejects("a: !!str 1\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: !x [1]\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("&k a: 1\n", ERR_YAML_ALIAS, 1, 1, "a");
    rejects("a: 1\n*k : 1\n", ERR_YAML_ALIAS, 2, 1, "");
    rejects("%TAG ! tag:x,2000:\n---\na: 1\n", ERR_YAML_ALIAS, 1, 1, "");
}
END_TEST

START_TEST(the_tag_that_libyaml_drops_is_rejected_too)
{
    rejects("a: ! 5\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: ! 'x'\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: ! |\n  x\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: ! []\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("a: !\n", ERR_YAML_ALIAS, 1, 4, "a");
    rejects("\xc3\xa4: \xe2\x82\xac\r\nb: ! 5\n", ERR_YAML_ALIAS, 2, 4, "b");
}
END_TEST

START_TEST(an_exclamation_mark_inside_a_text_is_no_tag)
{
    struct yaml_doc doc = must_parse("\xc3\xa4: \xe2\x82\xac!\r\nb: hey! you\r\nc: '!'\n");

    expect_scalar(child(&doc, "b"), "hey! you", true);
    expect_scalar(child(&doc, "c"), "!", false);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_duplicate_key_is_found_at_the_second)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    rejects("a: 1\nb: 2\na: 3\n", ERR_YAML_DUPLICATE_KEY, 3, 1, "a");
    rejects("a: 1\n'a': 3\n", ERR_YAML_DUPLICATE_KEY, 2, 1, "a");
    rejects("m:\n  - {x: 1, y: 2, x: 3}\n", ERR_YAML_DUPLICATE_KEY, 2, 18, "m[0].x");
    ck_assert(!parse_text(&doc, "a: 1\nb: 2\nb: 3\n", &err));
    ck_assert_ptr_nonnull(strstr(err.hint, "line 2"));
}
END_TEST

START_TEST(a_duplicate_key_is_found_in_large_mappings)
{
    struct strbuf text = {0};

    for (int i = 0; i < 1000; i++)
        strbuf_addf(&text, "key%d: 1\n", i % 997);
    ck_assert(!text.failed);
    rejects(text.data, ERR_YAML_DUPLICATE_KEY, 998, 1, "key0");
    strbuf_fini(&text);
}
END_TEST

START_TEST(the_same_key_in_two_mappings_is_fine)
{
    struct yaml_doc doc = must_parse("a: {x: 1}\nb: {x: 1, a: 1}\n");

    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(keys_must_be_scalars)
{
    rejects("[a]: 1\n", ERR_YAML_BAD_KEY, 1, 1, "");
    rejects("a:\n  {b: 1}: 2\n", ERR_YAML_BAD_KEY, 2, 3, "a");
    rejects("? - a\n: 1\n", ERR_YAML_BAD_KEY, 1, 3, "");
    rejects("a: 1\n?\n: 2\n", ERR_YAML_BAD_KEY, 2, 2, "");
}
END_TEST

static char *nested(unsigned depth)
{
    char *text = calloc(2 * depth + 1, 1);

    ck_assert_ptr_nonnull(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return text;
}

START_TEST(nesting_has_a_limit)
{
    char *fits = nested(YAML_DEPTH_MAX), *deeper = nested(YAML_DEPTH_MAX + 1);
    char *absurd = nested(200000), path[200] = "";
    struct yaml_doc doc = must_parse(fits);
    struct sim_error err = {0};

    yaml_doc_fini(&doc);
    for (int i = 0; i < YAML_DEPTH_MAX && strlen(path) < 140; i++)
        snprintf(path + strlen(path), sizeof(path) - strlen(path), "[0]");
    ck_assert(!parse_text(&doc, deeper, &err));
    ck_assert_int_eq(err.code, ERR_YAML_TOO_BIG);
    ck_assert_uint_eq(err.column, YAML_DEPTH_MAX + 1);
    ck_assert_int_eq(strncmp(err.path, "...", 3), 0);
    ck_assert_uint_eq(strlen(err.path), sizeof(err.path) - 1);
    err = (struct sim_error){0};
    ck_assert(!parse_text(&doc, absurd, &err));
    ck_assert(err.code == ERR_YAML_TOO_BIG);
    free(absurd);
    free(deeper);
    free(fits);
}
END_TEST

START_TEST(block_nesting_has_the_same_limit)
{
    struct strbuf text = {0};
    struct yaml_doc doc;
    struct sim_error err = {0};

    for (int i = 0; i <= YAML_DEPTH_MAX; i++)
        strbuf_adds(&text, "- ");
    strbuf_adds(&text, "x");
    ck_assert(!parse_text(&doc, text.data, &err));
    ck_assert_int_eq(err.code, ERR_YAML_TOO_BIG);
    ck_assert_uint_eq(err.column, 2 * YAML_DEPTH_MAX + 1);
    strbuf_fini(&text);
}
END_TEST

START_TEST(scalars_have_a_limit)
{
    struct strbuf text = {0};
    struct yaml_doc doc;

    strbuf_adds(&text, "{a: 1, b: ");
    for (size_t i = 0; i < YAML_SCALAR_BYTES_MAX; i++)
        strbuf_add(&text, "x", 1);
    strbuf_adds(&text, "}");
    doc = must_parse(text.data);
    ck_assert_uint_eq(child(&doc, "b")->length, YAML_SCALAR_BYTES_MAX);
    yaml_doc_fini(&doc);
    text.data[text.length - 1] = 'x';
    strbuf_adds(&text, "}");
    rejects(text.data, ERR_YAML_TOO_BIG, 1, 11, "b");
    strbuf_fini(&text);
}
END_TEST

START_TEST(values_have_a_limit)
{
    size_t size = 2 * (size_t)YAML_NODES_MAX + 1;
    char *text = malloc(size);

    ck_assert_ptr_nonnull(text);
    text[0] = '[';
    for (size_t i = 1; i < size; i += 2)
        memcpy(text + i, "1,", 2);
    text[size - 1] = ']';
    /* The list itself is the first value. */
    rejects_bytes(text, size, ERR_YAML_TOO_BIG, 1, 2 * YAML_NODES_MAX, "[2097151]");
    free(text);
}
END_TEST

START_TEST(documents_have_a_limit)
{
    /* The size is judged before any byte is looked at. */
    rejects_bytes("a", YAML_DOCUMENT_BYTES_MAX + 1, ERR_YAML_TOO_BIG, 1, 1, "");
}
END_TEST

static const struct yaml_node *at_path(const struct yaml_doc *doc)
{
    const struct yaml_node *nodes = yaml_map_get(child(doc, "machine"), "nodes");

    return yaml_seq_at(yaml_map_get(yaml_seq_at(nodes, 1), "memory"), 0);
}

START_TEST(a_path_names_keys_and_indices)
{
    struct yaml_doc doc = must_parse("machine:\n  nodes:\n    - {}\n    - memory: [{size: 1}]\n");
    struct yaml_doc list = must_parse("[x, {k: v}]");
    const struct yaml_node *key, *value;
    char path[64];

    yaml_node_path(at_path(&doc), path, sizeof(path));
    ck_assert_str_eq(path, "machine.nodes[1].memory[0]");
    yaml_map_at(at_path(&doc), 0, &key, &value);
    yaml_node_path(key, path, sizeof(path));
    ck_assert_str_eq(path, "machine.nodes[1].memory[0].size");
    yaml_node_path(yaml_doc_root(&doc), path, sizeof(path));
    ck_assert_str_eq(path, "");
    yaml_node_path(yaml_map_get(yaml_seq_at(yaml_doc_root(&list), 1), "k"), path, sizeof(path));
    ck_assert_str_eq(path, "[1].k");
    yaml_doc_fini(&list);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_long_path_loses_its_front)
{
    struct yaml_doc doc = must_parse("machine:\n  nodes:\n    - {}\n    - memory: [1]\n");
    struct yaml_doc wide = must_parse("\xc3\xa4\xc3\xb6\xc3\xbc: [1]\n");
    char path[17], small[8];

    yaml_node_path(at_path(&doc), path, sizeof(path));
    ck_assert_str_eq(path, "...[1].memory[0]");
    yaml_node_path(yaml_seq_at(yaml_map_get(yaml_doc_root(&wide), "\xc3\xa4\xc3\xb6\xc3\xbc"), 0),
                   small, sizeof(small));
    ck_assert_str_eq(small, "....[0]");
    yaml_doc_fini(&wide);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(control_characters_do_not_reach_a_message)
{
    struct yaml_doc doc = must_parse("{\"e\\x1b\\x9b[m\": \"a\\nb\\x7f\"}");
    const struct yaml_node *key, *value;
    char path[16];

    yaml_map_at(yaml_doc_root(&doc), 0, &key, &value);
    yaml_node_path(value, path, sizeof(path));
    ck_assert_str_eq(path, "e???[m");
    ck_assert_str_eq(yaml_excerpt(value).text, "\"a?b?\"");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(an_excerpt_is_short_and_keeps_characters_whole)
{
    struct strbuf text = {0};
    struct yaml_doc doc, kinds = must_parse("[[], {}]");
    struct yaml_excerpt excerpt;

    for (int i = 0; i < 100; i++)
        strbuf_adds(&text, "\xf0\x9f\x98\x80");
    doc = must_parse(text.data);
    excerpt = yaml_excerpt(yaml_doc_root(&doc));
    ck_assert_uint_eq(strlen(excerpt.text) % 4, 1); /* 4 n + two quotes and three dots */
    ck_assert_str_eq(excerpt.text + strlen(excerpt.text) - 4, "...\"");
    ck_assert_str_eq(yaml_excerpt(yaml_seq_at(yaml_doc_root(&kinds), 0)).text, "a list");
    ck_assert_str_eq(yaml_excerpt(yaml_seq_at(yaml_doc_root(&kinds), 1)).text, "a mapping");
    strbuf_fini(&text);
    yaml_doc_fini(&kinds);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(the_first_error_keeps_its_place)
{
    struct yaml_doc doc = must_parse("a: 1\n");
    struct sim_error err = {0};

    sim_error_set(&err, ERR_READ, "first");
    ck_assert(!yaml_error_at(child(&doc, "a"), &err, ERR_BAD_GFP, "second"));
    ck_assert_int_eq(err.code, ERR_READ);
    ck_assert_uint_eq(err.line, 0);
    ck_assert_str_eq(err.path, "");
    yaml_doc_fini(&doc);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_doc");

    TEST_CASE(suite, "tree", nodes_know_their_kind_and_place, pairs_keep_the_order_of_the_file,
              quoted_and_block_scalars_are_not_plain, null_is_plain_and_empty_or_null,
              columns_count_characters_and_a_byte_order_mark_is_none,
              the_file_name_and_the_bytes_may_go_away, destruction_accepts_null_and_zero);
    TEST_CASE(suite, "rejections", syntax_errors_stand_where_the_parser_stops,
              control_characters_are_syntax_errors, text_that_is_not_utf8_is_an_encoding_error,
              nul_bytes_are_encoding_errors, a_file_without_a_value_is_empty,
              a_second_document_is_rejected_where_it_begins, anchors_aliases_and_tags_are_rejected,
              the_tag_that_libyaml_drops_is_rejected_too,
              an_exclamation_mark_inside_a_text_is_no_tag, keys_must_be_scalars);
    TEST_CASE(suite, "duplicates", a_duplicate_key_is_found_at_the_second,
              a_duplicate_key_is_found_in_large_mappings, the_same_key_in_two_mappings_is_fine);
    TEST_CASE(suite, "limits", nesting_has_a_limit, block_nesting_has_the_same_limit,
              scalars_have_a_limit, values_have_a_limit, documents_have_a_limit);
    TEST_CASE(suite, "errors", a_path_names_keys_and_indices, a_long_path_loses_its_front,
              control_characters_do_not_reach_a_message,
              an_excerpt_is_short_and_keeps_characters_whole, the_first_error_keeps_its_place);
    return test_run(suite);
}
