/* SPDX-License-Identifier: Apache-2.0 */
#include "toy_instance.h"

#include "plugin/instance_state.h"
#include "util/list.h"

static const char *join(struct toy *toy, const char *const *values) {
  return strings_join(&toy->dir.arena, values, 100);
}

/* What the plugin is told of an option. */
static const char *asked(struct toy *toy, const char *key) {
  const struct davit_host *host = &toy->instance->host.api;
  return join(toy, host->option(host, key));
}

/* ---- options ----------------------------------------------------------------------------------
 */

START_TEST(options_in_force) {
  /* Strongest first: the request's (no plugin named), then the command line's. */
  static const struct request_option given[] = {
      {.key = "level", .value = "high"},
      {.key = "tag", .value = "a"},
      {.key = "tag", .value = "b"},
      {.plugin = "good", .key = "level", .value = "low"},
      {.plugin = "good", .key = "tag", .value = "c"},
      {.plugin = "good", .key = "dir", .value = "/x"},
      {.plugin = "good", .key = "dir", .value = "/y"},
      {.plugin = "other", .key = "colour", .value = "red"},
  };
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", given, ARRAY_LEN(given)), &toy.err);
  ck_assert_str_eq(asked(&toy, "level"), "high");
  ck_assert_str_eq(asked(&toy, "tag"), "a, b");
  ck_assert_str_eq(asked(&toy, "dir"), "/x, /y");
  ck_assert_str_eq(asked(&toy, "devices"), "2"); /* the preset */
  ck_assert_str_eq(asked(&toy, "undeclared"), "");
  ck_assert_contains(toy.logged, "debug: plugin good asks for an option that it does not declare");
  const struct davit_host *host = &toy.instance->host.api;
  ck_assert_ptr_nonnull(host->option(host, NULL));
}
END_TEST

START_TEST(options_without_a_preset_are_an_empty_list) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  const struct davit_host *host = &toy.instance->host.api;
  ck_assert_ptr_nonnull(host->option(host, "tag"));
  ck_assert_ptr_null(host->option(host, "tag")[0]);
}
END_TEST

START_TEST(wrong_options_are_refused_where_they_were_given) {
  static const struct {
    struct request_option option;
    int answer;
    const char *says, *hint;
  } cases[] = {
      {{.key = "levle", .value = "high"},
       DAVIT_E_INVALID,
       "plugin good has no option \"levle\"",
       "did you mean \"level\"?"},
      {{.plugin = "good", .key = "colour", .value = "red"},
       DAVIT_E_INVALID,
       "plugin good has no option \"colour\"",
       "its options are devices, level, turn, tag, dir"},
      {{.key = "level", .value = "hihg"},
       DAVIT_E_INVALID,
       "option level cannot be \"hihg\"",
       "did you mean \"high\"? Allowed: low, high"},
      {{.key = "level", .value = "enormous"},
       DAVIT_E_INVALID,
       "option level cannot be \"enormous\"",
       "allowed: low, high"},
      {{.key = "dir", .value = "/x"},
       DAVIT_E_DENIED,
       "option dir is not for a service file",
       "--plugin-option good:dir=VALUE"},
  };
  struct request_option given = cases[_i].option;
  given.at = (struct where){.file = "a.yaml", .line = 7, .column = 3, .key = "services.a.x"};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_int_eq(toy_open(&toy, "good", "good", &given, 1), cases[_i].answer);
  ck_assert_uint_eq(toy.err.count, 1);
  const struct problem *problem = toy.err.first;
  ck_assert_str_eq(problem->code, "plugin.option");
  ck_assert_contains(problem->text, cases[_i].says);
  ck_assert_str_eq(problem->hint, cases[_i].hint);
  ck_assert_str_eq(problem->at.file, "a.yaml");
  ck_assert_uint_eq(problem->at.line, 7);
  ck_assert_uint_eq(problem->at.column, 3);
  ck_assert_str_eq(problem->at.key, "services.a.x");
}
END_TEST

START_TEST(all_wrong_options_are_reported_at_once) {
  static const struct request_option given[] = {{.key = "x1", .value = ""},
                                                {.key = "level", .value = "x2"},
                                                {.key = "level", .value = "low"}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_int_eq(toy_open(&toy, "good", "good", given, ARRAY_LEN(given)), DAVIT_E_INVALID);
  ck_assert_uint_eq(toy.err.count, 2);
  ck_assert_error(&toy.err, "plugin.option", "\"x1\"");
  ck_assert_error(&toy.err, "plugin.option", "\"x2\"");
}
END_TEST

START_TEST(a_plugin_without_options_says_so) {
  static const struct request_option given = {.key = "level", .value = "low"};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_int_eq(toy_open(&toy, "good", "older", &given, 1), DAVIT_E_INVALID);
  ck_assert_error(&toy.err, "plugin.option", "it has no options");
}
END_TEST

/* ---- the host table ---------------------------------------------------------------------------
 */

START_TEST(the_host_table_is_complete) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  const struct davit_host *host = &toy.instance->host.api;
  ck_assert_uint_eq(host->struct_size, sizeof(*host));
  ck_assert_uint_eq(host->abi_major, 1);
  ck_assert_uint_eq(host->abi_minor, 1);
  ck_assert_str_ne(host->davit_version, "");
  ck_assert_ptr_eq(host->files, instance_files(toy.instance, toy.host));
  ck_assert_ptr_eq(host->caller_files, host->files); /* nobody said otherwise */
  char *memory = host->scratch(host, 1000);
  for (size_t i = 0; i < 1000; i++)
    ck_assert_int_eq(memory[i], 0);
  ck_assert_ptr_null(host->scratch(host, SIZE_MAX));
  ck_assert_str_eq(host->format(host, "%s-%d", "a", 1), "a-1");
  uint32_t state = 99;
  ck_assert_int_eq(host->kernel_module(host, "no_such_module", &state), DAVIT_OK);
  ck_assert_uint_eq(state, DAVIT_KMOD_UNKNOWN);
  ck_assert_int_eq(host->kernel_module(host, NULL, &state), DAVIT_E_INVALID);
}
END_TEST

START_TEST(files_of_the_host_and_of_the_caller_are_two) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  make_file(&toy.dir, "name", "host\n");
  CLEANUP(scratch_dir) struct scratch_dir other = scratch_dir();
  make_file(&other, "name", "caller\n");
  CLEANUP(host) struct host *caller = NULL;
  ck_assert_ok(host_open(other.path, &caller, &toy.err), &toy.err);
  const struct instance_settings settings = {.host = toy.host, .caller = caller, .log = &toy.log};
  ck_assert_ok(instance_open(&toy.dir.arena, toy_load(&toy, "good", "good"), &settings,
                             &toy.instance, &toy.err),
               &toy.err);
  const struct davit_host *host = &toy.instance->host.api;
  const char *text;
  ck_assert_int_eq(host->files->read_file(host->files, "/name", &text, NULL), DAVIT_OK);
  ck_assert_str_eq(text, "host\n");
  ck_assert_int_eq(host->caller_files->read_file(host->caller_files, "/name", &text, NULL),
                   DAVIT_OK);
  ck_assert_str_eq(text, "caller\n");
}
END_TEST

START_TEST(file_tables_answer_from_their_root) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  make_dir(&toy.dir, "driver");
  make_dir(&toy.dir, "driver/etc");
  make_file(&toy.dir, "driver/etc/version", "535");
  ck_assert_int_eq(symlink("/etc/version", below(&toy.dir, "driver/link")), 0);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  const struct davit_files *files = toy.instance->host.api.files, *sub, *again;
  const char *const *names;
  const char *text;
  size_t size;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};

  ck_assert_int_eq(files->list_dir(files, "/driver", &names), DAVIT_OK);
  ck_assert_str_eq(join(&toy, names), "etc, link");
  ck_assert_int_eq(files->stat_path(files, "/driver/link", DAVIT_STAT_NOFOLLOW, &st), DAVIT_OK);
  ck_assert_uint_eq(st.type, DAVIT_FILE_LINK);
  ck_assert_int_eq(files->read_link(files, "/driver/link", &text), DAVIT_OK);
  ck_assert_str_eq(text, "/etc/version");
  /* An absolute link of a driver's root leads elsewhere, seen from the host. */
  ck_assert_int_eq(files->read_file(files, "/driver/link", &text, &size), DAVIT_E_NOT_FOUND);
  ck_assert_int_eq(files->subtree(files, "/driver", &sub), DAVIT_OK);
  ck_assert_int_eq(sub->read_file(sub, "/link", &text, &size), DAVIT_OK);
  ck_assert_str_eq(text, "535");
  ck_assert_uint_eq(size, 3);
  ck_assert_int_eq(sub->real_path(sub, "/link", &text), DAVIT_OK);
  ck_assert_str_eq(text, "/etc/version");
  ck_assert_int_eq(files->subtree(files, "/driver", &again), DAVIT_OK);
  ck_assert_ptr_eq(again, sub);
  ck_assert_int_eq(files->subtree(files, "/nowhere", &again), DAVIT_E_NOT_FOUND);
}
END_TEST

START_TEST(wrong_calls_are_answered_not_obeyed) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  const struct davit_files *files = toy.instance->host.api.files, *sub;
  const char *text;
  const char *const *names;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  ck_assert_int_eq(files->read_file(files, NULL, &text, NULL), DAVIT_E_INVALID);
  ck_assert_int_eq(files->list_dir(files, NULL, &names), DAVIT_E_INVALID);
  ck_assert_int_eq(files->stat_path(files, "/", 0, NULL), DAVIT_E_INVALID);
  ck_assert_int_eq(files->read_link(files, "/", NULL), DAVIT_E_INVALID);
  ck_assert_int_eq(files->real_path(files, NULL, &text), DAVIT_E_INVALID);
  ck_assert_int_eq(files->read_head(files, "/x", 1, &text, NULL), DAVIT_E_INVALID);
  ck_assert_int_eq(files->subtree(files, "/", NULL), DAVIT_E_INVALID);
  ck_assert_error(&toy.instance->callback, "plugin.broken-promise", "subtree() was called with");
  ck_assert_int_eq(files->stat_path(files, "/", 1u << 31, &st), DAVIT_E_UNSUPPORTED);
  ck_assert_error(&toy.instance->callback, "plugin.unsupported", "0x80000000");

  int answer = DAVIT_OK;
  for (int i = 0; i < 300 && answer == DAVIT_OK; i++) {
    make_dir(&toy.dir, arena_printf(&toy.dir.arena, "%d", i));
    answer = files->subtree(files, arena_printf(&toy.dir.arena, "/%d", i), &sub);
  }
  ck_assert_int_eq(answer, DAVIT_E_INVALID);
  ck_assert_error(&toy.instance->callback, "plugin.broken-promise", "more than 256 directories");
}
END_TEST

START_TEST(log_lines_name_plugin_and_option) {
  static const struct request_option given = {
      .key = "level", .value = "low", .at = {.key = "gpu.level"}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", &given, 1), &toy.err);
  const struct davit_host *host = &toy.instance->host.api;
  host->log(host, DAVIT_LOG_DEBUG, NULL, "one");
  host->log(host, DAVIT_LOG_INFO, "level", "two\x1b[31m\nlines");
  host->log(host, DAVIT_LOG_WARNING, "devices", "%d", 3);
  host->log(host, 77, NULL, "four");
  ck_assert_str_eq(toy.logged, "debug: plugin good: one\n"
                               "info: plugin good: two [31m lines at gpu.level\n"
                               "warning plugin.warning: plugin good: 3\n"
                               "warning plugin.warning: plugin good: four\n");
}
END_TEST

/* ---- answers of ops ---------------------------------------------------------------------------
 */

static int fail_with(struct toy *toy, int answer, const char *code, const char *option,
                     const char *remedy, const char *text) {
  const struct davit_host *host = &toy->instance->host.api;
  return op_finish(toy->instance, "inject",
                   (host->fail)(host, answer, code, option, remedy, "%s", text), &toy->err);
}

START_TEST(a_reason_becomes_a_problem) {
  static const struct request_option given = {
      .key = "level", .value = "low", .at = {.file = "a.yaml", .line = 4, .key = "gpu.level"}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", &given, 1), &toy.err);
  char code[] = "good.stuck", remedy[] = "run 100% of it"; /* gone after the call */
  ck_assert_int_eq(fail_with(&toy, DAVIT_E_BUSY, code, "level", remedy, "it is\nstuck"),
                   DAVIT_E_BUSY);
  memset(code, 'x', strlen(code));
  memset(remedy, 'x', strlen(remedy));
  ck_assert_uint_eq(toy.err.count, 1);
  const struct problem *problem = toy.err.first;
  ck_assert_int_eq(problem->answer, DAVIT_E_BUSY);
  ck_assert_str_eq(problem->code, "good.stuck");
  ck_assert_str_eq(problem->text, "plugin good: it is stuck");
  ck_assert_str_eq(problem->hint, "run 100% of it");
  ck_assert_str_eq(problem->at.file, "a.yaml");
  ck_assert_uint_eq(problem->at.line, 4);
  ck_assert_str_eq(problem->at.key, "gpu.level");
}
END_TEST

START_TEST(odd_reasons_are_made_even) {
  static const struct {
    int answer, becomes;
    const char *code, *code_becomes;
  } cases[] = {
      {5, DAVIT_E_FAILED, "a.b", "a.b"},
      {0, DAVIT_E_FAILED, "a.b", "a.b"},
      {-99, DAVIT_E_FAILED, "a.b", "a.b"},
      {-2, DAVIT_E_NOT_FOUND, NULL, "plugin.failed"},
      {-2, DAVIT_E_NOT_FOUND, "A B\n", "plugin.failed"},
  };
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  ck_assert_int_eq(fail_with(&toy, cases[_i].answer, cases[_i].code, NULL, NULL, "x"),
                   cases[_i].becomes);
  ck_assert_str_eq(toy.err.first->code, cases[_i].code_becomes);
  ck_assert_int_eq(toy.err.first->answer, cases[_i].becomes);
  ck_assert_ptr_null(toy.err.first->hint);
  ck_assert_ptr_null(toy.err.first->at.file);
}
END_TEST

START_TEST(long_reasons_are_cut_at_a_character) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  char *text = arena_alloc(&toy.dir.arena, 10001);
  for (size_t i = 0; i < 10000; i += 2)
    memcpy(text + i + (i + 2 < 10000 ? 1 : 0), "\xc3\xa9", 2);
  text[0] = 'a'; /* so that the limit falls inside of a character */
  ck_assert_int_lt(fail_with(&toy, DAVIT_E_FAILED, "a.b", NULL, text, text), 0);
  size_t length = strlen(toy.err.first->text) - strlen("plugin good: ");
  ck_assert_uint_le(length, PLUGIN_TEXT_MAX);
  ck_assert_uint_ge(length, PLUGIN_TEXT_MAX - 4);
  const char *end = toy.err.first->text + strlen(toy.err.first->text);
  ck_assert_int_eq((unsigned char)end[-2], 0xc3);
  ck_assert_int_eq((unsigned char)end[-1], 0xa9);
  ck_assert_uint_le(strlen(toy.err.first->hint), PLUGIN_TEXT_MAX);
}
END_TEST

START_TEST(without_a_reason_the_function_that_failed_speaks) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "good", NULL, 0), &toy.err);
  const struct davit_files *files = toy.instance->host.api.files;
  const char *text;
  (void)files->read_file(files, "/first", &text, NULL);
  int answer = files->read_file(files, "/second", &text, NULL);
  ck_assert_int_eq(op_finish(toy.instance, "inject", answer, &toy.err), DAVIT_E_NOT_FOUND);
  ck_assert_uint_eq(toy.err.count, 1);
  ck_assert_contains(toy.err.first->text, "plugin good: ");
  ck_assert_contains(toy.err.first->text, "/second");

  /* It is forgotten with its op. */
  ck_assert_int_eq(op_finish(toy.instance, "share", DAVIT_E_NOT_FOUND, &toy.err),
                   DAVIT_E_NOT_FOUND);
  ck_assert_str_eq(toy.err.last->text, "plugin good: share answered -2 without a reason");
  ck_assert_str_eq(toy.err.last->code, "plugin.failed");
  ck_assert_contains(toy.err.last->hint, "ask whoever made the plugin");

  /* What another answer means may have nothing to do with it. */
  (void)files->read_file(files, "/third", &text, NULL);
  ck_assert_int_eq(op_finish(toy.instance, "share", DAVIT_E_BUSY, &toy.err), DAVIT_E_BUSY);
  ck_assert_contains(toy.err.last->text,
                     "share answered -6 without a reason; the last that failed");
  ck_assert_contains(toy.err.last->text, "/third");
}
END_TEST

/* ---- ops of a plugin that fails ---------------------------------------------------------------
 */

static int ignore_node(const struct davit_edits *edits, const struct davit_device_node *node) {
  (void)edits;
  (void)node;
  return DAVIT_OK;
}

static void ignore_source(const struct davit_edits *edits, const struct davit_device *device,
                          const char *file, uint32_t line) {
  (void)edits;
  (void)device;
  (void)file;
  (void)line;
}

static int ignore_set(const struct davit_edits *edits, uint32_t what, const char *name,
                      const char *value, uint32_t flags) {
  (void)edits;
  (void)what;
  (void)name;
  (void)value;
  (void)flags;
  return DAVIT_OK;
}

static const struct davit_edits sink = {DAVIT_SIZED(struct davit_edits), .source = ignore_source,
                                        .add_device_node = ignore_node, .set = ignore_set};
static const struct davit_container no_container = {DAVIT_SIZED(struct davit_container)};
static const struct davit_request request = {DAVIT_SIZED(struct davit_request),
                                             .container = &no_container, .sharing = "turns"};

START_TEST(failing_ops_are_errors) {
  static const struct {
    const char *how;
    int answer;
    const char *code, *says, *hint;
  } ways[] = {
      {"said", DAVIT_E_BUSY, "halfway.stuck", "plugin halfway: %s got stuck", "push it"},
      {"silent", DAVIT_E_FAILED, "plugin.failed", "plugin halfway: %s answered -1 without a reason",
       "ask whoever made the plugin"},
      {"positive", DAVIT_E_FAILED, "plugin.broken-promise", "plugin halfway: %s answered 3",
       "answers are 0 or negative"},
  };
  static const char *const ops[] = {"open", "inject", "share"};
  const char *op = ops[_i % 3];
  const size_t way = (size_t)_i / 3;
  const struct request_option given[] = {
      {.key = "at", .value = op, .at = {.file = "x.yaml", .line = 9}},
      {.key = "how", .value = ways[way].how}};
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  int answer = toy_open(&toy, "faulty", "halfway", given, 2);
  if (_i % 3 > 0) {
    ck_assert_ok(answer, &toy.err);
    answer = _i % 3 == 1 ? instance_inject(toy.instance, &request, &sink, &toy.err)
                         : instance_share(toy.instance, &request, &sink, &toy.err);
  } else {
    ck_assert_ptr_null(toy.instance);
  }
  ck_assert_int_eq(answer, ways[way].answer);
  ck_assert_uint_eq(toy.err.count, 1);
  ck_assert_str_eq(toy.err.first->code, ways[way].code);
  char expected[128];
  const char *gap = strstr(ways[way].says, "%s");
  snprintf(expected, sizeof(expected), "%.*s%s%s", (int)(gap - ways[way].says), ways[way].says, op,
           gap + 2);
  ck_assert_str_eq(toy.err.first->text, expected);
  ck_assert_contains(toy.err.first->hint, ways[way].hint);
  ck_assert_uint_eq(toy.err.first->at.line, way == 0 ? 9 : 0);
}
END_TEST

START_TEST(ops_that_are_not_there_are_unsupported) {
  CLEANUP(toy) struct toy toy = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "older", NULL, 0), &toy.err);
  ck_assert_int_eq(instance_share(toy.instance, &request, &sink, &toy.err), DAVIT_E_UNSUPPORTED);
  ck_assert_error(&toy.err, "plugin.unsupported", "plugin older cannot share devices");
  ck_assert_ok(instance_inject(toy.instance, &request, &sink, &toy.err), &toy.err);

  struct plugin bare = *instance_plugin(toy.instance);
  bare.table.inject = NULL;
  const struct instance_settings settings = {.host = toy.host, .log = &toy.log};
  CLEANUP(instance) struct instance *instance = NULL;
  ck_assert_ok(instance_open(&toy.dir.arena, &bare, &settings, &instance, &toy.err), &toy.err);
  ck_assert_int_eq(instance_inject(instance, &request, &sink, &toy.err), DAVIT_E_UNSUPPORTED);
  ck_assert_error(&toy.err, "plugin.unsupported", "cannot give devices to a container");
  ck_assert_error(&toy.err, "plugin.unsupported", "--provider NAME");
}
END_TEST

/* ---- diagnose() -------------------------------------------------------------------------------
 */

/* What the plugin of the next test finds; its answer is the last one of add(), or a positive one.
 */
static const struct davit_finding *given_finding;
static int given_answer;

static int give_finding(struct davit_instance *self, const struct davit_request *req,
                        const struct davit_findings *out) {
  (void)self, (void)req;
  int answer = out->add(out, given_finding);
  return given_answer ? given_answer : answer;
}

/* With findings that the test gives; the list is what davit keeps of them. */
static int diagnose(struct toy *toy, const struct davit_finding *finding, int answer,
                    struct list *findings) {
  static struct plugin bare; /* lives as long as the instance */
  ck_assert_ok(toy_open(toy, "good", "older", NULL, 0), &toy->err);
  bare = *instance_plugin(toy->instance);
  bare.table.diagnose = give_finding;
  given_finding = finding;
  given_answer = answer;
  const struct instance_settings settings = {.host = toy->host, .log = &toy->log};
  CLEANUP(instance) struct instance *instance = NULL;
  ck_assert_ok(instance_open(&toy->dir.arena, &bare, &settings, &instance, &toy->err), &toy->err);
  return instance_diagnose(instance, &toy->dir.arena, NULL, findings, &toy->err);
}

START_TEST(findings_are_copied) {
  char code[] = "a.b", subject[] = "x", text[] = "a\033[31mb", remedy[] = "`r`", why[] = "w";
  struct davit_finding finding = {
      DAVIT_SIZED(struct davit_finding), DAVIT_SEV_ERROR, code, subject, text, remedy, why};
  CLEANUP(toy) struct toy toy = {0};
  struct list findings = {0};
  toy_set_up(&toy);
  ck_assert_ok(diagnose(&toy, &finding, 0, &findings), &toy.err);
  memset(text, 'z', strlen(text));
  memset(code, 'z', strlen(code));
  ck_assert_uint_eq(findings.count, 1);
  const struct davit_finding *kept = findings.items[0];
  ck_assert_str_eq(kept->code, "a.b");
  ck_assert_str_eq(kept->text, "a [31mb");
  ck_assert_str_eq(kept->subject, "x");
  ck_assert_str_eq(kept->why, "w");
  ck_assert_str_eq(kept->remedy, "`r`");
}
END_TEST

/* ABI 1.0 had no `why`. */
START_TEST(a_finding_of_old_is_taken) {
  struct davit_finding finding = {
      DAVIT_SIZED(struct davit_finding), DAVIT_SEV_NOTE, "a.b", NULL, "t", NULL,
      "what was no member then"};
  finding.struct_size = offsetof(struct davit_finding, why);
  CLEANUP(toy) struct toy toy = {0};
  struct list findings = {0};
  toy_set_up(&toy);
  ck_assert_ok(diagnose(&toy, &finding, 0, &findings), &toy.err);
  ck_assert_ptr_null(((const struct davit_finding *)findings.items[0])->why);
}
END_TEST

START_TEST(wrong_findings_are_refused) {
  static const struct {
    struct davit_finding finding;
    int answer;
    const char *code, *says;
  } wrong[] = {
      {{sizeof(struct davit_finding), DAVIT_SEV_ERROR, "a.b", NULL, NULL, "r", NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has no text"},
      {{sizeof(struct davit_finding), DAVIT_SEV_ERROR, "a.b", NULL, "", "r", NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has no text"},
      {{sizeof(struct davit_finding), DAVIT_SEV_OK, NULL, NULL, "t", NULL, NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has no code"},
      {{sizeof(struct davit_finding), DAVIT_SEV_OK, "A B", NULL, "t", NULL, NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has no code"},
      {{sizeof(struct davit_finding), DAVIT_SEV_WARNING, "a.b", NULL, "t", NULL, NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has no remedy"},
      {{3, DAVIT_SEV_OK, "a.b", NULL, "t", NULL, NULL},
       DAVIT_E_INVALID,
       "plugin.broken-promise",
       "has an impossible size"},
      {{sizeof(struct davit_finding), DAVIT_SEV_ERROR + 1, "a.b", NULL, "t", "r", NULL},
       DAVIT_E_UNSUPPORTED,
       "plugin.unsupported",
       "does not know: 4"},
  };
  CLEANUP(toy) struct toy toy = {0};
  struct list findings = {0};
  toy_set_up(&toy);
  ck_assert_int_eq(diagnose(&toy, &wrong[_i].finding, 0, &findings), wrong[_i].answer);
  ck_assert_error(&toy.err, wrong[_i].code, wrong[_i].says);
  ck_assert_uint_eq(findings.count, 0);
}
END_TEST

/* A plugin that does not care what davit answers does not get its way. */
START_TEST(a_broken_promise_fails_the_op) {
  CLEANUP(toy) struct toy toy = {0};
  struct list findings = {0};
  toy_set_up(&toy);
  ck_assert_int_eq(diagnose(&toy, NULL, 7, &findings), DAVIT_E_INVALID);
  ck_assert_error(&toy.err, "plugin.broken-promise", "finding 1 is NULL");
}
END_TEST

START_TEST(a_plugin_that_looks_for_no_faults_finds_none) {
  CLEANUP(toy) struct toy toy = {0};
  struct list findings = {0};
  toy_set_up(&toy);
  ck_assert_ok(toy_open(&toy, "good", "older", NULL, 0), &toy.err);
  ck_assert_ok(instance_diagnose(toy.instance, &toy.dir.arena, NULL, &findings, &toy.err),
               &toy.err);
  ck_assert_uint_eq(findings.count, 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/instance");
  TCase *cases = tcase_create("options");
  tcase_add_test(cases, options_in_force);
  tcase_add_test(cases, options_without_a_preset_are_an_empty_list);
  tcase_add_loop_test(cases, wrong_options_are_refused_where_they_were_given, 0, 5);
  tcase_add_test(cases, all_wrong_options_are_reported_at_once);
  tcase_add_test(cases, a_plugin_without_options_says_so);
  suite_add_tcase(suite, cases);
  cases = tcase_create("host table");
  tcase_add_test(cases, the_host_table_is_complete);
  tcase_add_test(cases, files_of_the_host_and_of_the_caller_are_two);
  tcase_add_test(cases, file_tables_answer_from_their_root);
  tcase_add_test(cases, wrong_calls_are_answered_not_obeyed);
  tcase_add_test(cases, log_lines_name_plugin_and_option);
  suite_add_tcase(suite, cases);
  cases = tcase_create("answers");
  tcase_add_test(cases, a_reason_becomes_a_problem);
  tcase_add_loop_test(cases, odd_reasons_are_made_even, 0, 5);
  tcase_add_test(cases, long_reasons_are_cut_at_a_character);
  tcase_add_test(cases, without_a_reason_the_function_that_failed_speaks);
  tcase_add_loop_test(cases, failing_ops_are_errors, 0, 9);
  tcase_add_test(cases, ops_that_are_not_there_are_unsupported);
  suite_add_tcase(suite, cases);
  cases = tcase_create("diagnose");
  tcase_add_test(cases, findings_are_copied);
  tcase_add_test(cases, a_finding_of_old_is_taken);
  tcase_add_loop_test(cases, wrong_findings_are_refused, 0, 7);
  tcase_add_test(cases, a_broken_promise_fails_the_op);
  tcase_add_test(cases, a_plugin_that_looks_for_no_faults_finds_none);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
