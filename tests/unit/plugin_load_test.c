/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_dir.h"
#include "testing.h"

#include "plugin/descriptor.h"

/* Build trees have the modes of whoever builds: trust is tested elsewhere. */
static int load(struct arena *arena, const char *path, const char *name,
                const struct plugin **plugin, struct davit_error *err) {
  const struct plugin_path where = {.allow_untrusted = true};
  const struct plugin_file file = {.name = name, .path = path};
  return plugin_load(arena, &where, &file, plugin, err);
}

START_TEST(good_plugins_load) {
  static const struct {
    const char *name;
    bool has_share;
  } cases[] = {{"good", true}, {"older", false}, {"newer", false}};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const char *path = arena_printf(&arena, TEST_TOY_PLUGINS "/good/%s.so", cases[_i].name);
  const struct plugin *plugin;
  ck_assert_ok(load(&arena, path, cases[_i].name, &plugin, &err), &err);
  ck_assert_str_eq(plugin->name, cases[_i].name);
  ck_assert_str_eq(plugin->path, path);
  ck_assert_str_eq(plugin->table.name, cases[_i].name);
  ck_assert_uint_eq(plugin->table.struct_size, sizeof(struct davit_plugin));
  ck_assert_ptr_nonnull(plugin->handle);
  ck_assert(plugin->table.open && plugin->table.enumerate && plugin->table.inject);
  ck_assert_int_eq(plugin->table.share != NULL, cases[_i].has_share);
  ck_assert(!plugin->table.diagnose);
  ck_assert_ptr_nonnull(plugin->table.options); /* a list, also when the plugin has none */
}
END_TEST

START_TEST(several_plugins_in_one_process_keep_apart) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct plugin *good, *again, *newer;
  ck_assert_ok(load(&arena, TEST_TOY_PLUGINS "/good/good.so", "good", &good, &err), &err);
  ck_assert_ok(load(&arena, TEST_TOY_PLUGINS "/good/newer.so", "newer", &newer, &err), &err);
  ck_assert_str_eq(newer->table.name, "newer");

  /* The same file again: the same library, and not one descriptor more each time. */
  int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (int i = 0; i < 10; i++) {
    ck_assert_ok(load(&arena, TEST_TOY_PLUGINS "/good/good.so", "good", &again, &err), &err);
    ck_assert_ptr_eq(again->handle, good->handle);
  }
  int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ck_assert_int_eq(after, before + 1);
  close(after);

  /* Descriptors' numbers come again; the linker must not take them for names of the first file. */
  ck_assert_int_eq(load(&arena, TEST_TOY_PLUGINS "/refused/misnamed.so", "good", &again, &err),
                   DAVIT_E_INVALID);
  ck_assert_error(&err, "plugin.refused", "calls itself \"somebody-else\"");
  close(before);
}
END_TEST

START_TEST(bad_plugins_are_refused_with_the_reason) {
  static const struct {
    const char *name, *says, *hint;
  } cases[] = {
      {"major", "speaks plugin ABI 2.0, this davit speaks 1.1", "install a newer davit"},
      {"misnamed", "calls itself \"somebody-else\", so it cannot be misnamed.so",
       "call the file somebody-else.so"},
      {"nosymbol", "exports no davit_plugin_entry", "take it out of the plugin directory"},
      {"badmagic", "begins with 0x0badcafe, not 0x54564144", "take it out of the plugin directory"},
      {"small", "has a table of 88 bytes, at least 104 are needed", "ask whoever made the plugin"},
      {"undefined", "cannot be loaded: undefined symbol: acme_function_that_nobody_has",
       "have it rebuilt with -Wl,-z,defs"},
  };
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const char *path = arena_printf(&arena, TEST_TOY_PLUGINS "/refused/%s.so", cases[_i].name);
  const struct plugin *plugin = NULL;
  ck_assert_int_eq(load(&arena, path, cases[_i].name, &plugin, &err), DAVIT_E_INVALID);
  ck_assert_ptr_null(plugin);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_error(&err, "plugin.refused", path);
  ck_assert_error(&err, "plugin.refused", cases[_i].says);
  ck_assert_ptr_nonnull(err.first->hint);
  ck_assert_contains(err.first->hint, cases[_i].hint);
}
END_TEST

/* Files that the dynamic linker refuses, made from a good one. */
START_TEST(files_that_are_no_plugins_are_told_apart) {
  static const struct {
    size_t size;   /* of what is kept; 0: all */
    size_t offset; /* of a changed byte */
    char value;    /* to be there; 0: unchanged */
    const char *says, *hint;
  } cases[] = {
      {3, 0, 0, "file too short", "copy it again"},
      {0, 0, 'x', "invalid ELF header", "no shared object"},
      {0, 4, 1, "wrong ELF class", "built for another machine"},
      {0, 18, 21, "cannot open shared object file", "built for another machine"}, /* e_machine */
  };
  CLEANUP(scratch_dir) struct scratch_dir dir = scratch_dir();
  CLEANUP(error) struct davit_error err = {0};
  const char *path = make_copy(&dir, "good.so", TEST_TOY_PLUGINS "/good/good.so");
  if (cases[_i].size > 0)
    ck_assert_int_eq(truncate(path, (off_t)cases[_i].size), 0);
  if (cases[_i].value) {
    CLEANUP(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(pwrite(fd, &cases[_i].value, 1, (off_t)cases[_i].offset), 1);
  }
  const struct plugin *plugin;
  ck_assert_int_eq(load(&dir.arena, path, "good", &plugin, &err), DAVIT_E_INVALID);
  ck_assert_error(&err, "plugin.refused", path);
  ck_assert_error(&err, "plugin.refused", cases[_i].says);
  ck_assert_error(&err, "plugin.refused", cases[_i].hint);
  ck_assert_msg(!strstr(err.first->text, "/proc/self"), "%s", err.first->text);
}
END_TEST

/* ---- the table, one fault at a time -----------------------------------------------------------
 */

static int some_open(const struct davit_host *host, struct davit_instance **self) {
  (void)host;
  (void)self;
  return DAVIT_OK;
}

static void some_close(struct davit_instance *self) {
  (void)self;
}

static int some_enumerate(struct davit_instance *self, const struct davit_query *query,
                          const struct davit_devices *out) {
  (void)self;
  (void)query;
  (void)out;
  return DAVIT_OK;
}

static int some_inject(struct davit_instance *self, const struct davit_request *request,
                       const struct davit_edits *edits) {
  (void)self;
  (void)request;
  (void)edits;
  return DAVIT_OK;
}

static const char *const acme[] = {"acme", NULL};
static const char *const kinds[] = {"acme.com/npu", NULL};
static const char *const low_high[] = {"low", "high", NULL};
static const struct davit_option level = {DAVIT_SIZED(struct davit_option), .key = "level",
                                          .values = low_high, .preset = "low"};
static const struct davit_option *const options[] = {&level, NULL};

static struct davit_plugin good_table(void) {
  return (struct davit_plugin){.magic = DAVIT_ABI_MAGIC,
                               .struct_size = sizeof(struct davit_plugin),
                               .abi_major = DAVIT_ABI_MAJOR,
                               .abi_minor = DAVIT_ABI_MINOR,
                               .name = "toy",
                               .version = "1",
                               .description = "a toy",
                               .license = "MIT",
                               .vendors = acme,
                               .kinds = kinds,
                               .options = options,
                               .rank = DAVIT_RANK_VENDOR,
                               .open = some_open,
                               .close = some_close,
                               .enumerate = some_enumerate,
                               .inject = some_inject};
}

static int take(struct arena *arena, const struct davit_plugin *given, struct davit_plugin *table,
                struct davit_error *err) {
  const struct plugin_file file = {.name = "toy", .path = "/plugins/toy.so"};
  return descriptor_take(arena, &file, given, table, err);
}

static void old_major(struct davit_plugin *t) {
  t->abi_major = 0;
}
static void odd_size(struct davit_plugin *t) {
  t->struct_size = sizeof(*t) - 2;
}
static void no_name(struct davit_plugin *t) {
  t->name = NULL;
}
static void wrong_name(struct davit_plugin *t) {
  t->name = "Toy";
}
static void two_lines(struct davit_plugin *t) {
  t->description = "a\nb";
}
static void no_vendors(struct davit_plugin *t) {
  t->vendors = NULL;
}
static void empty_vendors(struct davit_plugin *t) {
  static const char *const list[] = {NULL};
  t->vendors = list;
}
static void upper_vendor(struct davit_plugin *t) {
  static const char *const list[] = {"Acme", NULL};
  t->vendors = list;
}
static void empty_vendor(struct davit_plugin *t) {
  static const char *const list[] = {"", NULL};
  t->vendors = list;
}
static void star_and_vendor(struct davit_plugin *t) {
  static const char *const list[] = {"acme", "*", NULL};
  t->vendors = list;
}
static void endless_vendors(struct davit_plugin *t) {
  static const char *list[2000];
  for (size_t i = 0; i < ARRAY_LEN(list); i++)
    list[i] = "acme";
  t->vendors = list;
}
static void plain_kind(struct davit_plugin *t) {
  static const char *const list[] = {"npu", NULL};
  t->kinds = list;
}
static void critical_flag(struct davit_plugin *t) {
  t->flags = 1u << 16;
}
static void no_open(struct davit_plugin *t) {
  t->open = NULL;
}
static void no_close(struct davit_plugin *t) {
  t->close = NULL;
}
static void only_enumerate(struct davit_plugin *t) {
  t->inject = NULL;
}
static void only_inject(struct davit_plugin *t) {
  t->enumerate = NULL;
}
static void share_without_mode(struct davit_plugin *t) {
  t->share = some_inject;
}
static void mode_without_share(struct davit_plugin *t) {
  static const char *const list[] = {"turns", NULL};
  t->sharing = list;
}
static void wrong_mode(struct davit_plugin *t) {
  static const char *const list[] = {"Turns", NULL};
  t->sharing = list;
  t->share = some_inject;
}

/* The one option of a table, changed. */
static struct davit_option *own_option(struct davit_plugin *t) {
  static struct davit_option option;
  static const struct davit_option *const list[] = {&option, NULL};
  option = level;
  t->options = list;
  return &option;
}

static void no_key(struct davit_plugin *t) {
  own_option(t)->key = NULL;
}
static void wrong_key(struct davit_plugin *t) {
  own_option(t)->key = "my_level";
}
static void wrong_preset(struct davit_plugin *t) {
  own_option(t)->preset = "middle";
}
static void no_value(struct davit_plugin *t) {
  static const char *const list[] = {NULL};
  own_option(t)->values = list;
}
static void critical_option(struct davit_plugin *t) {
  own_option(t)->flags = 1u << 31;
}
static void unsized_option(struct davit_plugin *t) {
  own_option(t)->struct_size = 0;
}
static void same_key_twice(struct davit_plugin *t) {
  static const struct davit_option *const list[] = {&level, &level, NULL};
  t->options = list;
}

START_TEST(tables_with_a_fault_are_refused) {
  static const struct {
    void (*spoil)(struct davit_plugin *);
    const char *says;
  } cases[] = {
      {old_major, "speaks plugin ABI 0.1"},
      {odd_size, "no multiple of a pointer's"},
      {no_name, "has no name"},
      {wrong_name, "calls itself \"Toy\", which is no plugin name"},
      {two_lines, "has a description that is not one line"},
      {no_vendors, "serves no vendor"},
      {empty_vendors, "serves no vendor"},
      {upper_vendor, "serves \"Acme\", which is no vendor name in lower case"},
      {empty_vendor, "serves \"\", which is no vendor name"},
      {star_and_vendor, "\"*\" stands alone"},
      {endless_vendors, "more than 1024 vendors"},
      {plain_kind, "has the kind \"npu\", which is not VENDOR/CLASS"},
      {critical_flag, "has flags that this davit does not know: 0x00010000"},
      {no_open, "has no open()"},
      {no_close, "has no close()"},
      {only_enumerate, "has enumerate() without inject()"},
      {only_inject, "has inject() without enumerate()"},
      {share_without_mode, "has share() without a sharing mode"},
      {mode_without_share, "has the sharing mode \"turns\" without share()"},
      {wrong_mode, "has the sharing mode \"Turns\""},
      {no_key, "has an option without a key"},
      {wrong_key, "has the option \"my_level\", which is not [a-z][a-z0-9-]*"},
      {wrong_preset, "has the option \"level\" whose preset \"middle\" is not allowed"},
      {no_value, "has the option \"level\" that allows no value"},
      {critical_option, "has the option \"level\" with flags that this davit does not know"},
      {unsized_option, "without a size"},
      {same_key_twice, "has the option \"level\" twice"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    CLEANUP(arena) struct arena arena = {0};
    CLEANUP(error) struct davit_error err = {0};
    struct davit_plugin given = good_table(), table;
    cases[i].spoil(&given);
    ck_assert_msg(take(&arena, &given, &table, &err) == DAVIT_E_INVALID, "taken: %s",
                  cases[i].says);
    ck_assert_uint_eq(err.count, 1);
    ck_assert_error(&err, "plugin.refused", "/plugins/toy.so");
    ck_assert_error(&err, "plugin.refused", cases[i].says);
    ck_assert_ptr_nonnull(err.first->hint);
  }
}
END_TEST

START_TEST(what_may_be_missing_reads_as_zero) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct davit_plugin given = good_table(), table;
  given.struct_size = offsetof(struct davit_plugin, enumerate);
  given.description = given.license = given.version = NULL;
  given.options = NULL;
  given.kinds = NULL;
  ck_assert_ok(take(&arena, &given, &table, &err), &err);
  ck_assert(table.open && table.close && !table.enumerate && !table.inject);
  ck_assert_str_eq(table.version, "");
  ck_assert_str_eq(table.description, "");
  ck_assert_str_eq(table.license, "");
  ck_assert_ptr_null(table.options[0]);
}
END_TEST

START_TEST(any_vendor_is_a_star_alone) {
  static const char *const star[] = {"*", NULL};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct davit_plugin given = good_table(), table;
  given.vendors = star;
  given.flags = 1u << 15; /* not critical: nobody's business */
  ck_assert_ok(take(&arena, &given, &table, &err), &err);
}
END_TEST

START_TEST(options_of_another_size_are_taken) {
  struct {
    struct davit_option base;
    uint64_t unit;
  } longer = {.base = {.struct_size = sizeof(longer), .key = "level", .help = "how much"},
              .unit = 7};
  struct davit_option shorter = {
      .struct_size = offsetof(struct davit_option, help), .key = "depth", .help = (const char *)1};
  const struct davit_option *const both[] = {&longer.base, &shorter, NULL};
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  struct davit_plugin given = good_table(), table;
  given.options = both;
  ck_assert_ok(take(&arena, &given, &table, &err), &err);
  ck_assert_str_eq(table.options[0]->help, "how much");
  ck_assert_uint_eq(table.options[0]->struct_size, sizeof(struct davit_option));
  ck_assert_str_eq(table.options[1]->key, "depth");
  ck_assert_ptr_null(table.options[1]->help);
  ck_assert_ptr_null(table.options[2]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/load");
  TCase *cases = tcase_create("load");
  tcase_add_loop_test(cases, good_plugins_load, 0, 3);
  tcase_add_test(cases, several_plugins_in_one_process_keep_apart);
  tcase_add_loop_test(cases, bad_plugins_are_refused_with_the_reason, 0, 6);
  tcase_add_loop_test(cases, files_that_are_no_plugins_are_told_apart, 0, 4);
  tcase_add_test(cases, tables_with_a_fault_are_refused);
  tcase_add_test(cases, what_may_be_missing_reads_as_zero);
  tcase_add_test(cases, any_vendor_is_a_star_alone);
  tcase_add_test(cases, options_of_another_size_are_taken);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
