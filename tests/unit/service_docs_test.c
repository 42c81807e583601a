/* SPDX-License-Identifier: Apache-2.0 */
/* docs/service-file.md against the tables of keys, in both directions: each key has its row in its
 * own section, and each row is of a key. */
#include "testing.h"

#include <stdio.h>

#include "service/forms.h"
#include "service/keys.h"
#include "util/text.h"

enum {
  DOCUMENT_MOST = 256 * 1024
};

static const char orchestrator[] = "Keys of an orchestrator";

/* A table and its section; several may share one. */
static const struct section_table {
  const char *heading;
  const struct field *keys;
} tables[] = {
    {"Top level", service_file_keys},
    {"A service", service_keys},
    {"`image`", service_image_keys},
    {"`command`", service_command_keys},
    {"`resources`", service_resources_keys},
    {"`resources.gpu`", service_gpu_keys},
    {"`resources.gpu`", service_distributed_keys},
    {"`devices`", service_device_keys},
    {"`storage`", service_bind_keys},
    {"`storage`", service_tmpfs_keys},
    {"`storage`", service_named_keys},
    {"`storage`", service_anonymous_keys},
    {"`storage`", service_s3_keys},
    {"`ulimits`", service_ulimit_keys},
    {"`replica_groups`", service_group_keys},
    {"`endpoints`", service_endpoint_keys},
};

static struct arena arena;
static char *document;

static void setup(void) {
  FILE *file = fopen(SERVICE_FILE_DOC, "re");
  ck_assert_msg(file, "%s is not there", SERVICE_FILE_DOC);
  document = arena_alloc(&arena, DOCUMENT_MOST);
  ck_assert_ptr_nonnull(document);
  size_t length = fread(document, 1, DOCUMENT_MOST - 1, file);
  ck_assert_int_eq(fclose(file), 0);
  ck_assert(length > 0 && length < DOCUMENT_MOST - 1);
  document[length] = '\0';
}

static void teardown(void) {
  arena_free(&arena);
}

/* What stands between `separator`s, from *rest on; NULL at the end. */
static char *next_line(char **rest) {
  return *rest && **rest ? strsep(rest, "\n") : NULL;
}

/* The words in `...` of the text, up to `end`. */
static void collect_quoted(const char *text, const char *end, struct list *words) {
  const char *open;
  while ((open = strchr(text, '`')) && open < end) {
    const char *close = strchr(open + 1, '`');
    ck_assert_ptr_nonnull(close);
    char *word = arena_strndup(&arena, open + 1, (size_t)(close - open - 1));
    ck_assert(word && list_push(&arena, words, word));
    text = close + 1;
  }
}

/* The keys in the first column of the section's tables. */
static struct list rows_of(const char *heading) {
  struct list rows = {0};
  char *copy = arena_strdup(&arena, document), *line;
  bool inside = false, found = false;
  while ((line = next_line(&copy))) {
    if (line[0] == '#') {
      inside = strcmp(line + strspn(line, "# "), heading) == 0;
      found = found || inside;
    } else if (inside && text_starts(line, "| `")) {
      collect_quoted(line, strchr(line + 1, '|'), &rows);
    }
  }
  ck_assert_msg(found, "there is no section %s", heading);
  return rows;
}

START_TEST(every_key_has_its_row) {
  struct list rows = rows_of(tables[_i].heading);
  for (const struct field *field = tables[_i].keys; field->key; field++)
    ck_assert_msg(strings_contain(list_strings(&rows), field->key),
                  "`%s` has not a row in section %s", field->key, tables[_i].heading);
}
END_TEST

static bool is_key_of(const char *heading, const char *key) {
  for (size_t i = 0; i < ARRAY_LEN(tables); i++)
    for (const struct field *field = tables[i].keys;
         strcmp(tables[i].heading, heading) == 0 && field->key; field++)
      if (strcmp(field->key, key) == 0)
        return true;
  return false;
}

START_TEST(every_row_is_of_a_key) {
  struct list rows = rows_of(tables[_i].heading);
  ck_assert_uint_gt(rows.count, 0);
  for (size_t i = 0; i < rows.count; i++)
    ck_assert_msg(is_key_of(tables[_i].heading, rows.items[i]),
                  "section %s has a row for `%s`, which is no key", tables[_i].heading,
                  (const char *)rows.items[i]);
}
END_TEST

/* ---- keys of an orchestrator -------------------------------------------------------------- */

static void add_paths(const char *path, const struct form *form, struct list *paths);

static void add_path(const char *path, struct list *paths) {
  ck_assert_ptr_nonnull(path);
  if (!strings_contain(list_strings(paths), path))
    ck_assert(list_push(&arena, paths, path));
}

static void add_fields(const char *path, const struct field *fields, struct list *paths) {
  for (; fields->key; fields++) {
    const char *name = arena_printf(&arena, "%s.%s", path, fields->key);
    /* These two are described where they are keys of a service. */
    if (fields->read || fields->form == &form_health)
      add_path(name, paths);
    else
      add_paths(name, fields->form, paths);
  }
}

static void add_paths(const char *path, const struct form *form, struct list *paths) {
  switch (form->kind) {
  case FORM_LIST:
    add_paths(arena_printf(&arena, "%s[]", path), form->item, paths);
    return;
  case FORM_MAP:
    add_paths(arena_printf(&arena, "%s.*", path), form->item, paths);
    return;
  case FORM_KEYS:
    add_fields(path, form->keys, paths);
    return;
  case FORM_VARIANT:
    for (size_t i = 0; form->words[i]; i++)
      add_fields(path, form->variants[i], paths);
    return;
  case FORM_TEXT:
  case FORM_BOOL:
  case FORM_NUMBER:
  case FORM_DURATION:
  case FORM_SIZE:
  case FORM_CHOICE:
  case FORM_ANY:
    add_path(path, paths);
    return;
  }
}

static struct list orchestrator_paths(void) {
  static const char *const described_elsewhere[] = {"rtype", "scale", "endpoints", "stdin_open",
                                                    NULL};
  static const struct field *const roots[] = {service_keys, service_file_keys};
  struct list paths = {0};
  for (size_t i = 0; i < ARRAY_LEN(roots); i++)
    for (const struct field *field = roots[i]; field->key; field++) {
      if (!(field->flags & FIELD_FOREIGN) || strings_contain(described_elsewhere, field->key) ||
          strcmp(field->key, "wasm_http") == 0)
        continue;
      if (field->form)
        add_paths(field->key, field->form, &paths);
      else
        add_path(field->key, &paths);
    }
  return paths;
}

START_TEST(keys_of_an_orchestrator_have_rows_and_rows_keys) {
  struct list paths = orchestrator_paths(), rows = rows_of(orchestrator);
  ck_assert_uint_gt(paths.count, 80);
  for (size_t i = 0; i < paths.count; i++)
    ck_assert_msg(strings_contain(list_strings(&rows), paths.items[i]), "`%s` has no row",
                  (const char *)paths.items[i]);
  for (size_t i = 0; i < rows.count; i++)
    ck_assert_msg(strings_contain(list_strings(&paths), rows.items[i]), "the row `%s` is of no key",
                  (const char *)rows.items[i]);
}
END_TEST

/* Sections whose tables name more than one level of keys in a row. */
START_TEST(nested_keys_are_mentioned) {
  static const struct field *const nested[] = {
      service_scale_fixed_keys, service_scale_targets_keys, service_scale_adaptive_keys,
      service_stream_keys,      service_stream_health_keys, service_udp_probe_keys,
      service_tunnel_keys,      service_access_keys};
  const char *section = strstr(document, "### `scale`");
  ck_assert_ptr_nonnull(section);
  for (size_t i = 0; i < ARRAY_LEN(nested); i++)
    for (const struct field *field = nested[i]; field->key; field++)
      ck_assert_msg(strstr(section, arena_printf(&arena, "`%s`", field->key)),
                    "`%s` is not mentioned", field->key);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_docs");
  TCase *tests = tcase_create("service_docs");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, every_key_has_its_row, 0, ARRAY_LEN(tables));
  tcase_add_loop_test(tests, every_row_is_of_a_key, 0, ARRAY_LEN(tables));
  tcase_add_test(tests, keys_of_an_orchestrator_have_rows_and_rows_keys);
  tcase_add_test(tests, nested_keys_are_mentioned);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
