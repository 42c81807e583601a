/* SPDX-License-Identifier: Apache-2.0 */
/* Writing YAML and JSON: what comes back when it is read, and how it looks. */
#include "testing.h"

#include "doc/doc.h"
#include "doc/write.h"
#include "util/cleanup.h"

static char *finish(struct doc_writer *writer, struct davit_error *err) {
  char *text = NULL;
  size_t size = 0;
  ck_assert_ok(doc_writer_finish(writer, &text, &size, err), err);
  ck_assert_uint_eq(strlen(text), size);
  return text;
}

static char *write_example(enum doc_format format) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(doc_writer) struct doc_writer *writer = NULL;
  ck_assert_ok(doc_writer_open(format, &writer, &err), &err);
  doc_write_mapping(writer);
  doc_write_key(writer, "version");
  doc_write_text(writer, "0.5");
  doc_write_key(writer, "list");
  doc_write_list(writer);
  doc_write_mapping(writer);
  doc_write_key(writer, "path");
  doc_write_text(writer, "/dev/a b");
  doc_write_key(writer, "minor");
  doc_write_number(writer, -9223372036854775807);
  doc_write_end(writer);
  doc_write_text(writer, "plain");
  doc_write_bool(writer, true);
  doc_write_end(writer);
  doc_write_key(writer, "empty");
  doc_write_list(writer);
  doc_write_end(writer);
  doc_write_end(writer);
  return finish(writer, &err);
}

START_TEST(json_has_two_spaces_a_level) {
  CLEANUP(free) char *text = write_example(DOC_FORMAT_JSON);
  ck_assert_str_eq(text, "{\n"
                         "  \"version\": \"0.5\",\n"
                         "  \"list\": [\n"
                         "    {\n"
                         "      \"path\": \"/dev/a b\",\n"
                         "      \"minor\": -9223372036854775807\n"
                         "    },\n"
                         "    \"plain\",\n"
                         "    true\n"
                         "  ],\n"
                         "  \"empty\": []\n"
                         "}\n");
}
END_TEST

START_TEST(yaml_is_in_blocks) {
  CLEANUP(free) char *text = write_example(DOC_FORMAT_YAML);
  ck_assert_str_eq(text, "version: \"0.5\"\n"
                         "list:\n"
                         "- path: \"/dev/a b\"\n"
                         "  minor: -9223372036854775807\n"
                         "- plain\n"
                         "- true\n"
                         "empty: []\n");
}
END_TEST

/* What YAML 1.1, which other readers follow, has as something else than a text (reference report,
 * 1.7), what could end a plain scalar, and what no text may lose. */
static const char *const texts[] = {
    "",
    "0",
    "010",
    "0x10",
    "1_000",
    "1e3",
    "1.50",
    "12:30",
    "yes",
    "No",
    "y",
    "N",
    "on",
    "OFF",
    "true",
    "False",
    "null",
    "NULL",
    "~",
    ".inf",
    "2001-01-01",
    "-",
    "- a",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "!tag",
    "&anchor",
    "*alias",
    "?",
    "{a}",
    "[a]",
    "a, b",
    "%a",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "a\\b",
    "<<",
    "=",
    " a",
    "a ",
    "a\nb",
    "a\n",
    "a\tb\x01\x7f",
    "|",
    ">",
    "--- a",
    "...",
    "\xc3\xa4",
    "\xf0\x9f\x98\x80",
    "\xef\xbb\xbfz",
    "GPU-1:2=3_4",
    "/dev/x",
};

START_TEST(a_text_comes_back_as_it_was) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(doc_writer) struct doc_writer *writer = NULL;
  CLEANUP(arena) struct arena arena = {0};
  enum doc_format format = _i == 0 ? DOC_FORMAT_JSON : DOC_FORMAT_YAML;
  ck_assert_ok(doc_writer_open(format, &writer, &err), &err);
  doc_write_list(writer);
  for (size_t i = 0; i < ARRAY_LEN(texts); i++)
    doc_write_text(writer, texts[i]);
  doc_write_end(writer);
  CLEANUP(free) char *text = finish(writer, &err);

  const struct doc_source source = {.file = "f", .text = text, .size = strlen(text), .code = "a.b"};
  const struct doc_node *root;
  ck_assert_ok(format == DOC_FORMAT_JSON ? doc_parse_json(&arena, &source, &root, &err)
                                         : doc_parse_yaml(&arena, &source, &root, &err),
               &err);
  ck_assert_uint_eq(root->count, ARRAY_LEN(texts));
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    ck_assert_str_eq(root->values[i]->text, texts[i]);
    ck_assert_msg(root->values[i]->type == DOC_STRING, "\"%s\" is no text any more", texts[i]);
  }
}
END_TEST

/* Only what is clear without a table of YAML's rules is plain: of these texts the last two. */
START_TEST(what_could_be_misread_is_quoted) {
  CLEANUP(error) struct davit_error err = {0};
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    CLEANUP(doc_writer) struct doc_writer *writer = NULL;
    ck_assert_ok(doc_writer_open(DOC_FORMAT_YAML, &writer, &err), &err);
    doc_write_list(writer);
    doc_write_text(writer, texts[i]);
    doc_write_end(writer);
    CLEANUP(free) char *text = finish(writer, &err);
    bool is_plain = i + 2 >= ARRAY_LEN(texts);
    ck_assert_msg((text[2] != '"') == is_plain, "%s", text);
  }
}
END_TEST

START_TEST(a_text_without_memory_fails) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(doc_writer) struct doc_writer *writer = NULL;
  char *text = NULL;
  size_t size;
  ck_assert_ok(doc_writer_open(_i == 0 ? DOC_FORMAT_JSON : DOC_FORMAT_YAML, &writer, &err), &err);
  doc_write_list(writer);
  doc_write_text(writer, NULL);
  doc_write_end(writer);
  ck_assert_int_eq(doc_writer_finish(writer, &text, &size, &err), DAVIT_E_MEMORY);
  ck_assert_ptr_null(text);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("doc_write");
  TCase *tcase = tcase_create("doc_write");
  tcase_add_test(tcase, json_has_two_spaces_a_level);
  tcase_add_test(tcase, yaml_is_in_blocks);
  tcase_add_loop_test(tcase, a_text_comes_back_as_it_was, 0, 2);
  tcase_add_test(tcase, what_could_be_misread_is_quoted);
  tcase_add_loop_test(tcase, a_text_without_memory_fails, 0, 2);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
