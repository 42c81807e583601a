/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves a request, by toys in the roles of the cdi plugin, a vendor's and a generic one. */
#include "oci_testing.h"
#include "scratch_dir.h"

#include "plugin/provide.h"
#include "util/file.h"

enum {
  MOST_DIRS = 6,
  MOST_NAMES = 3
};

/* A host with two Acme devices, and a document of a service. */
struct fixture {
  struct scratch_dir dir;
  struct host *host;
  struct oci *oci;
  struct log log;
  char logged[8192]; /* "warning CODE TEXT\n" ... */
  const char *dirs[MOST_DIRS + 1];
  size_t dir_count;
  struct provider_settings settings;
  struct providers *providers;
  struct request_text names[MOST_NAMES];
  struct device_request request;
  struct container_facts facts;
  struct davit_error err;
};

static void note(void *user, enum log_level level, const struct problem *message) {
  struct fixture *f = user;
  size_t used = strlen(f->logged);
  snprintf(f->logged + used, sizeof(f->logged) - used, "%s%s %s\n",
           level == LOG_LEVEL_WARNING ? "warning " : "", message->code ? message->code : "info",
           message->text);
}

static const struct where vendor_at = {"a.yaml", 4, 7, "gpu.vendor"};
static const struct where sharing_at = {"a.yaml", 6, 7, "gpu.sharing"};

static void set_up(struct fixture *f) {
  *f = (struct fixture){.dir = scratch_dir()};
  make_dir(&f->dir, "dev");
  make_file(&f->dir, "dev/acme0", "c 240:0 0666");
  make_file(&f->dir, "dev/acme1", "c 240:1 0666");
  make_file(&f->dir, "dev/zero", "c 1:5 0666");
  make_file(&f->dir, "dev/null", "c 1:3 0666");
  ck_assert_ok(host_open(f->dir.path, &f->host, &f->err), &f->err);
  ck_assert_ok(oci_new(&f->oci, &f->err), &f->err);
  ck_assert_ok(oci_set_user(f->oci, 1000, 100, &by_service, &f->err), &f->err);
  ck_assert_ok(oci_set_env(f->oci, "HOME", "/root", &by_service, &f->err), &f->err);
  f->log = (struct log){.threshold = LOG_LEVEL_INFO, .emit = note, .user = f};
  f->settings = (struct provider_settings){
      .path = {.dirs = f->dirs, .allow_untrusted = true}, .host = f->host, .log = &f->log};
  f->request = (struct device_request){.vendor = {.text = "acme", .at = vendor_at},
                                       .count = 2,
                                       .count_at = {"a.yaml", 5, 7, "gpu.count"},
                                       .sharing = {.at = sharing_at},
                                       .devices = f->names,
                                       .at = {"a.yaml", 3, 5, "gpu"}};
  f->facts = (struct container_facts){.id = "c", .flags = DAVIT_CT_HOOKS};
}

static void cleanup_fixture(struct fixture *f) {
  providers_close(f->providers);
  oci_free(f->oci);
  host_close(f->host);
  error_clear(&f->err);
  cleanup_scratch_dir(&f->dir);
}

/* toys.d/provide/NAME becomes a plugin directory; NULL: none. */
static void install(struct fixture *f, const char *name) {
  if (!name)
    return;
  ck_assert_uint_lt(f->dir_count, MOST_DIRS);
  f->dirs[f->dir_count++] = arena_printf(&f->dir.arena, TEST_TOY_PLUGINS "/provide/%s", name);
}

/* A plugin that davit refuses. */
static void install_refused(struct fixture *f, const char *name) {
  make_dir(&f->dir, "refused");
  make_file(&f->dir, arena_printf(&f->dir.arena, "refused/%s.so", name), "not an object");
  f->dirs[f->dir_count++] = below(&f->dir, "refused");
}

static void ask_for(struct fixture *f, const char *name) {
  f->names[f->request.device_count++] =
      (struct request_text){.text = name, .at = {"a.yaml", 8, 9, "gpu.devices"}};
  f->request.count = 0;
}

static int provide(struct fixture *f) {
  if (!f->providers)
    ck_assert_ok(providers_open(&f->dir.arena, &f->settings, &f->providers, &f->err), &f->err);
  return provide_devices(f->providers, &f->dir.arena, &f->request, &f->facts, f->oci, &f->err);
}

static const char *env(const struct fixture *f, const char *name) {
  const char *value = oci_get_env(f->oci, name, NULL);
  return value ? value : "(not set)";
}

#define ck_assert_warned(f, part) ck_assert_contains((f)->logged, "warning " part)
#define ck_assert_not_warned(f) \
  ck_assert_msg(!strstr((f)->logged, "warning"), "unexpected warning: %s", (f)->logged)

/* The request fails with that problem first, and the document is as it was. */
static void check_refused(struct fixture *f, int answer, const char *code) {
  CLEANUP(free) char *before = printed(f->oci);
  ck_assert_int_eq(provide(f), answer);
  ck_assert_ptr_nonnull(f->err.first);
  ck_assert_str_eq(f->err.first->code, code);
  ck_assert_printed(f->oci, before);
}

/* ---- the CDI policies ----------------------------------------------------------------------- */

static const char *const cdi_states[] = {"cdi-nothing", "cdi-serves", "cdi-partly", "cdi-broken",
                                         "cdi-others"};
static const char *const vendor_states[] = {"acme-serves", "acme-nothing", "acme-broken", NULL};

/* Two devices are asked for. "cdi" and "acme": who gives them; "!": with a warning; else the code
 * of the first problem. Written from the design's "Who serves a request":
 * - auto: without a spec the vendor's plugin; with one, CDI gives every device or it is an error,
 *   except that a broken file does not matter where the others serve.
 * - prefer: whatever CDI does wrong is a warning, if the vendor's plugin serves.
 * - require: CDI or nothing. off: the vendor's plugin or nothing. */
#define NO_PROVIDER "gpu.no-provider"
#define TOO_FEW     "gpu.too-few"
#define CDI_BROKEN  "cdi.file-broken"
#define NO_KIND     "cdi.kind-missing"
#define BROKEN      "acme.broken"

static const char *const outcomes[4][ARRAY_LEN(cdi_states)][ARRAY_LEN(vendor_states)] = {
    /*                acme serves  nothing     broken      absent */
    [CDI_AUTO] = {{"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                  {"cdi", "cdi", "cdi", "cdi"},
                  {TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW},
                  {CDI_BROKEN, CDI_BROKEN, CDI_BROKEN, CDI_BROKEN},
                  {"cdi!", "cdi!", "cdi!", "cdi!"}},
    [CDI_PREFER] = {{"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                    {"cdi", "cdi", "cdi", "cdi"},
                    {"acme!", TOO_FEW, BROKEN, TOO_FEW},
                    {"acme!", CDI_BROKEN, BROKEN, CDI_BROKEN},
                    {"cdi!", "cdi!", "cdi!", "cdi!"}},
    [CDI_REQUIRE] = {{NO_KIND, NO_KIND, NO_KIND, NO_KIND},
                     {"cdi", "cdi", "cdi", "cdi"},
                     {TOO_FEW, TOO_FEW, TOO_FEW, TOO_FEW},
                     {CDI_BROKEN, CDI_BROKEN, CDI_BROKEN, CDI_BROKEN},
                     {"cdi!", "cdi!", "cdi!", "cdi!"}},
    [CDI_OFF] = {{"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                 {"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                 {"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                 {"acme", TOO_FEW, BROKEN, NO_PROVIDER},
                 {"acme", TOO_FEW, BROKEN, NO_PROVIDER}},
};

enum {
  CASES = 4 * ARRAY_LEN(cdi_states) * ARRAY_LEN(vendor_states)
};

START_TEST(policies) {
  size_t vendor = (size_t)_i % ARRAY_LEN(vendor_states);
  size_t cdi = (size_t)_i / ARRAY_LEN(vendor_states) % ARRAY_LEN(cdi_states);
  size_t policy = (size_t)_i / ARRAY_LEN(vendor_states) / ARRAY_LEN(cdi_states);
  const char *outcome = outcomes[policy][cdi][vendor];
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, cdi_states[cdi]);
  install(&f, vendor_states[vendor]);
  f.settings.cdi = (enum cdi_policy)policy;
  if (strchr(outcome, '.')) {
    CLEANUP(free) char *before = printed(f.oci);
    ck_assert_int_lt(provide(&f), 0);
    ck_assert_str_eq(f.err.first->code, outcome);
    ck_assert_ptr_nonnull(f.err.first->hint);
    ck_assert_printed(f.oci, before);
    return;
  }
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_msg(strncmp(env(&f, "GIVEN_BY"), outcome, strcspn(outcome, "!")) == 0,
                "given by %s, not %s", env(&f, "GIVEN_BY"), outcome);
  ck_assert_msg((strstr(f.logged, "warning") != NULL) == (strchr(outcome, '!') != NULL),
                "%s: logged %s", outcome, f.logged);
  ck_assert_has(f.oci, "\"/dev/acme0\"");
  ck_assert_has(f.oci, "\"/dev/acme1\"");
}
END_TEST

START_TEST(an_incomplete_spec_is_explained) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-partly");
  install(&f, "acme-serves");
  check_refused(&f, DAVIT_E_INVALID, "gpu.too-few");
  ck_assert_error(&f.err, "gpu.too-few", "2 GPUs asked, this host has 1 (0)");
  ck_assert_error(&f.err, "cdi.device-missing", "CDI specs of acme.com/npu");
  ck_assert_error(&f.err, "cdi.device-missing", "--cdi=prefer or --cdi=off");
  ck_assert_str_eq(f.err.last->at.key, "gpu");
}
END_TEST

START_TEST(devices_that_a_spec_lacks_are_named_in_full) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-partly");
  install(&f, "acme-serves");
  ask_for(&f, "0");
  ask_for(&f, "1");
  check_refused(&f, DAVIT_E_INVALID, "gpu.not-found");
  ck_assert_error(&f.err, "cdi.device-missing", "asked for: acme.com/npu=1; looked in a drawer");
  const struct problem *last = f.err.last; /* of "1" alone: the other is there */
  ck_assert_uint_eq(f.err.count, 3);
  ck_assert_str_eq(last->code, "cdi.device-missing");
  ck_assert_str_eq(last->text, "the line of  100% is torn");
  ck_assert_str_eq(last->hint, "mend it");
  ck_assert_str_eq(last->at.file, "/etc/cdi/acme.yaml");
  ck_assert_uint_eq(last->at.line, 7);
  ck_assert_uint_eq(last->at.column, 3);
  ck_assert_str_eq(last->at.key, "devices[1]");
}
END_TEST

START_TEST(where_was_looked_for_a_kind_is_said) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-nothing");
  f.settings.cdi = CDI_REQUIRE;
  ask_for(&f, "0");
  check_refused(&f, DAVIT_E_NOT_FOUND, "cdi.kind-missing");
  ck_assert_contains(f.err.first->text, "describes devices of vendor \"acme\"; looked in a drawer");
  ck_assert_str_eq(f.err.first->hint, "look into /etc/cdi too");
  ck_assert_error(&f.err, "cdi.device-missing", "100% is torn");
}
END_TEST

START_TEST(a_model_is_the_vendors_plugins_to_know) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-serves");
  install(&f, _i == 0 ? "acme-serves" : NULL);
  f.request.model.text = "acme one";
  if (_i == 0) {
    ck_assert_ok(provide(&f), &f.err);
    ck_assert_str_eq(env(&f, "GIVEN_BY"), "cdi");
    ck_assert_contains(f.logged, "0000:17:00.0 (Acme One) chosen as acme.com/npu=0 by plugin cdi");
    return;
  }
  check_refused(&f, DAVIT_E_NOT_FOUND, "gpu.too-few");
  ck_assert_error(&f.err, "gpu.too-few", "0 does not count: its model is not known");
}
END_TEST

START_TEST(a_broken_spec_counts_unless_the_others_serve_all) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-torn");
  install(&f, "acme-serves");
  check_refused(&f, DAVIT_E_FAILED, "cdi.file-broken");
  ck_assert_error(&f.err, "cdi.file-broken", "/etc/cdi/acme.yaml:3: not a spec");
  ck_assert_error(&f.err, "cdi.file-broken", "repair it");
  ck_assert_error(&f.err, "gpu.too-few", "this host has 1");
  error_clear(&f.err);
  f.request.count = 1;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "GIVEN_BY"), "cdi");
  ck_assert_warned(&f, "cdi.file-broken");
}
END_TEST

START_TEST(preferring_tells_who_serves_instead) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, _i == 0 ? "cdi-broken" : "cdi-halfway");
  install(&f, "acme-serves");
  f.settings.cdi = CDI_PREFER;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "GIVEN_BY"), "acme");
  ck_assert_warned(&f, "gpu.other-provider vendor \"acme\", kind acme.com/npu is served by plugin "
                       "acme instead");
  if (_i == 0)
    ck_assert_warned(&f, "cdi.file-broken plugin cdi: /etc/cdi/acme.yaml:3: not a spec");
  else
    ck_assert_warned(&f, "acme.halfway plugin cdi: no more");
}
END_TEST

START_TEST(preferring_tells_both_failures) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-broken");
  install(&f, "acme-broken");
  f.settings.cdi = CDI_PREFER;
  check_refused(&f, DAVIT_E_FAILED, "acme.broken");
  ck_assert_warned(&f, "cdi.file-broken");
}
END_TEST

START_TEST(an_op_that_fails_leaves_the_document) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-halfway");
  check_refused(&f, DAVIT_E_FAILED, "acme.halfway");
  ck_assert_error(&f.err, "acme.halfway", "repair it");
}
END_TEST

/* ---- vendors and kinds ---------------------------------------------------------------------- */

static const struct {
  const char *vendor;
  const char *names[MOST_NAMES + 1];
  const char *toys[3];
  const char *given_by; /* NULL: refused */
  int answer;
  const char *code, *text, *hint;
} vendors[] = {
    {"acme", {"0"}, {"acme-serves"}, .given_by = "acme"},
    {"acme", {"acme.com/npu=1"}, {"acme-serves"}, .given_by = "acme"},
    {"acme", {"acme.com/npu=1"}, {"cdi-serves"}, .given_by = "cdi"},
    /* What CDI does not know of a device the vendor's plugin does. */
    {"acme", {"0000:65:00.0"}, {"cdi-serves", "acme-serves"}, .given_by = "cdi"},
    {"acme", {"ACME-00000000"}, {"cdi-serves", "acme-serves"}, .given_by = "cdi"},
    {"acme",
     {"0000:65:00.0"},
     {"cdi-strange", "acme-serves"},
     NULL,
     DAVIT_E_INVALID,
     "gpu.not-found",
     "no device \"0000:65:00.0\": this host has 0, 1",
     "davit devices"},
    {"acme",
     {"0000:65:00.0"},
     {"cdi-serves", "acme-broken"},
     NULL,
     DAVIT_E_INVALID,
     "gpu.not-found",
     "no device \"0000:65:00.0\": this host has 0, 1",
     "davit devices"},
    /* A kind as vendor: its CDI spec, else the plugin that declares it. */
    {"acme.com/npu", {"0"}, {"cdi-serves", "acme-serves"}, .given_by = "cdi"},
    {"acme.com/npu", {"0"}, {"cdi-nothing", "acme-serves"}, .given_by = "acme"},
    {"acme.com/npu", {"0"}, {"cdi-nothing", "rival-serves"}, .given_by = "rival"},
    {"acme.com/npu",
     {"0"},
     {"cdi-nothing", "any-serves"},
     NULL,
     DAVIT_E_NOT_FOUND,
     "cdi.kind-missing",
     "no CDI spec on this host describes acme.com/npu",
     "/etc/cdi"},
    {"acme.com/npu", {"0"}, {"cdi-kinds"}, .given_by = "cdi"},
    /* Without a plugin of the vendor: the kinds that begin with its name. */
    {"acme", {"0"}, {"cdi-serves"}, .given_by = "cdi"},
    {"acme",
     {"0"},
     {"cdi-kinds"},
     NULL,
     DAVIT_E_INVALID,
     "gpu.ambiguous",
     "vendor \"acme\" may mean any of the CDI kinds acme.com/npu, acme.org/tpu",
     "kind as vendor"},
    {"acme", {"acme.org/tpu=1"}, {"cdi-kinds"}, .given_by = "cdi"},
    {"acm",
     {"0"},
     {"cdi-serves"},
     NULL,
     DAVIT_E_NOT_FOUND,
     "gpu.no-provider",
     "no plugin and no CDI spec serves vendor \"acm\"",
     "davit plugins"},
    {"acmee",
     {"0"},
     {"acme-serves"},
     NULL,
     DAVIT_E_NOT_FOUND,
     "gpu.no-provider",
     "serves vendor \"acmee\"",
     "do you mean \"acme\"?"},
    {"zzz",
     {"0"},
     {"acme-serves", "any-serves"},
     NULL,
     DAVIT_E_NOT_FOUND,
     "gpu.no-provider",
     "serves vendor \"zzz\"",
     "plugins serve acme"},
    /* A kernel driver's name, which a plugin that serves any vendor knows. */
    {"xe", {"drm/gpu=0"}, {"any-serves", "acme-serves"}, .given_by = "any"},
    {"acme",
     {"acme.com/npu=7"},
     {"cdi-serves", "acme-serves"},
     NULL,
     DAVIT_E_INVALID,
     "gpu.not-found",
     "no device \"acme.com/npu=7\"",
     "davit devices"},
};

START_TEST(vendor_and_kinds) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  for (size_t i = 0; i < ARRAY_LEN(vendors[_i].toys); i++)
    install(&f, vendors[_i].toys[i]);
  for (size_t i = 0; vendors[_i].names[i]; i++)
    ask_for(&f, vendors[_i].names[i]);
  f.request.vendor.text = vendors[_i].vendor;
  if (vendors[_i].given_by) {
    ck_assert_ok(provide(&f), &f.err);
    ck_assert_str_eq(env(&f, "GIVEN_BY"), vendors[_i].given_by);
    return;
  }
  check_refused(&f, vendors[_i].answer, vendors[_i].code);
  ck_assert_contains(f.err.first->text, vendors[_i].text);
  ck_assert_contains(f.err.first->hint, vendors[_i].hint);
  ck_assert_str_eq(f.err.first->at.file, "a.yaml");
}
END_TEST

/* ---- ranks, --provider, refused plugins ----------------------------------------------------- */

START_TEST(equal_rank_needs_a_choice) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "rival-serves");
  install(&f, "twin-serves");
  check_refused(&f, DAVIT_E_INVALID, "gpu.provider-ambiguous");
  ck_assert_error(&f.err, "gpu.provider-ambiguous", "provide/rival-serves/rival.so");
  ck_assert_error(&f.err, "gpu.provider-ambiguous", "provide/twin-serves/twin.so");
  ck_assert_error(&f.err, "gpu.provider-ambiguous", "--provider");
  ck_assert_error(&f.err, "gpu.provider-ambiguous", "gpu.vendor");
}
END_TEST

START_TEST(the_vendors_own_name_needs_none) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "rival-serves");
  install(&f, "acme-serves");
  install_refused(&f, "unrelated");
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "GIVEN_BY"), "acme");
  ck_assert_not_warned(&f); /* the others are not even opened */
}
END_TEST

static const struct {
  const char *provider;
  enum cdi_policy cdi;
  const char *given_by; /* NULL: refused */
  const char *code, *text, *hint;
} choices[] = {
    {"acme", CDI_AUTO, .given_by = "acme"},
    {"rival", CDI_AUTO, .given_by = "rival"},
    {"cdi", CDI_AUTO, .given_by = "cdi"},
    {"cdi", CDI_REQUIRE, .given_by = "cdi"},
    {"acme", CDI_OFF, .given_by = "acme"},
    {"cdi", CDI_OFF, NULL, "gpu.no-provider", "--provider cdi and --cdi=off contradict",
     "leave out"},
    {"acme", CDI_REQUIRE, NULL, "gpu.no-provider", "--provider acme and --cdi=require contradict",
     "leave out"},
    {"nobody", CDI_AUTO, NULL, "gpu.no-provider", "there is no such plugin", "davit plugins"},
    {"good", CDI_AUTO, NULL, "gpu.no-provider", "does not serve vendor \"other\"",
     "it serves acme"},
    {"spoilt", CDI_AUTO, NULL, "plugin.refused", "spoilt.so", ""},
};

START_TEST(a_provider_may_be_chosen) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-serves");
  install(&f, "acme-serves");
  install(&f, "rival-serves");
  install_refused(&f, "spoilt");
  f.dirs[f.dir_count++] = TEST_TOY_PLUGINS "/good";
  f.settings.provider = choices[_i].provider;
  f.settings.cdi = choices[_i].cdi;
  if (choices[_i].given_by) {
    ck_assert_ok(provide(&f), &f.err);
    ck_assert_str_eq(env(&f, "GIVEN_BY"), choices[_i].given_by);
    return;
  }
  if (strcmp(choices[_i].provider, "good") == 0)
    f.request.vendor.text = "other";
  ck_assert_int_lt(provide(&f), 0);
  ck_assert_str_eq(f.err.first->code, choices[_i].code);
  ck_assert_error(&f.err, choices[_i].code, choices[_i].text);
  ck_assert_contains(f.err.first->hint, choices[_i].hint);
}
END_TEST

static const struct {
  const char *refused; /* name of the plugin that is */
  enum cdi_policy cdi;
  const char *toys[2];
  const char *given_by; /* NULL: the request fails with the refusal */
  bool warns;
} refusals[] = {
    /* Only the cdi plugin knows whether somebody else may serve. */
    {"cdi", CDI_AUTO, {"acme-serves"}, NULL, false},
    {"cdi", CDI_REQUIRE, {"acme-serves"}, NULL, false},
    {"cdi", CDI_PREFER, {"acme-serves"}, "acme", true},
    {"cdi", CDI_OFF, {"acme-serves"}, "acme", false},
    {"acme", CDI_AUTO, {"cdi-serves"}, "cdi", true},
    {"acme", CDI_AUTO, {"cdi-nothing"}, NULL, false},
    /* Some plugin, where no plugin has the vendor's name. */
    {"other", CDI_AUTO, {"rival-serves"}, "rival", true},
};

START_TEST(a_refused_plugin_matters_if_it_is_needed) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install_refused(&f, refusals[_i].refused);
  install(&f, refusals[_i].toys[0]);
  f.settings.cdi = refusals[_i].cdi;
  if (!refusals[_i].given_by) {
    CLEANUP(free) char *before = printed(f.oci);
    ck_assert_int_lt(provide(&f), 0);
    ck_assert_str_eq(f.err.first->code, "plugin.refused");
    ck_assert_error(&f.err, "plugin.refused", refusals[_i].refused);
    ck_assert_printed(f.oci, before);
    return;
  }
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "GIVEN_BY"), refusals[_i].given_by);
  if (refusals[_i].warns)
    ck_assert_warned(&f, "plugin.refused");
  else
    ck_assert_not_warned(&f);
}
END_TEST

START_TEST(requiring_cdi_needs_its_plugin) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-serves");
  f.settings.cdi = CDI_REQUIRE;
  check_refused(&f, DAVIT_E_INVALID, "gpu.no-provider");
  ck_assert_error(&f.err, "gpu.no-provider", "there is no plugin cdi");
  ck_assert_error(&f.err, "gpu.no-provider", "install");
}
END_TEST

/* ---- optional ------------------------------------------------------------------------------- */

static const struct {
  const char *toys[2];
  uint32_t count;
  const char *code; /* NULL: pardoned */
  const char *warning;
} optionals[] = {
    {{NULL}, 2, NULL, "gpu.no-provider"},
    {{"acme-nothing"}, 2, NULL, "gpu.too-few"},
    {{"cdi-nothing", "acme-nothing"}, 2, NULL, "gpu.too-few"},
    {{"acme-broken"}, 2, "acme.broken", NULL},
    {{"cdi-broken"}, 2, "cdi.file-broken", NULL},
    {{"acme-serves"}, 3, "gpu.too-few", NULL},
    {{"acme-unusable"}, 2, "gpu.too-few", NULL},
    {{"acme-halfway"}, 2, "acme.halfway", NULL},
};

START_TEST(optional_pardons_that_nothing_is_there) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  for (size_t i = 0; i < 2; i++)
    install(&f, optionals[_i].toys[i]);
  f.request.count = optionals[_i].count;
  f.request.optional = true;
  if (optionals[_i].code) {
    ck_assert_int_lt(provide(&f), 0);
    ck_assert_str_eq(f.err.first->code, optionals[_i].code);
    return;
  }
  CLEANUP(free) char *before = printed(f.oci);
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_printed(f.oci, before);
  ck_assert_contains(f.logged, optionals[_i].warning);
  ck_assert_warned(&f, "");
}
END_TEST

/* ---- sharing -------------------------------------------------------------------------------- */

static const struct {
  const char *toys[2];
  const char *mode;
  const char *shared_by; /* who gave what is shared; NULL: refused */
  const char *text, *hint;
} sharings[] = {
    {{"acme-serves"}, "queues", .shared_by = "acme"},
    /* CDI gives the devices, the vendor's plugin knows them by their nodes and shares them. */
    {{"cdi-serves", "acme-serves"}, "queues", .shared_by = "cdi"},
    {{"cdi-serves", "rival-serves"}, "queues", .shared_by = "cdi"},
    {{"acme-serves"},
     "mps",
     NULL,
     "plugin acme does not offer sharing \"mps\"",
     "it offers exclusive, queues"},
    {{"cdi-serves"},
     "queues",
     NULL,
     "there is no plugin of vendor \"acme\" that could arrange it",
     "install the vendor's plugin"},
    {{"cdi-strange", "acme-serves"},
     "queues",
     NULL,
     "plugin acme knows no device with the nodes of acme.com/npu=0",
     "davit devices"},
};

START_TEST(sharing_is_the_vendors_plugins) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  for (size_t i = 0; i < 2; i++)
    install(&f, sharings[_i].toys[i]);
  f.request.sharing.text = sharings[_i].mode;
  if (sharings[_i].shared_by) {
    ck_assert_ok(provide(&f), &f.err);
    ck_assert_str_eq(env(&f, "ACME_SHARED"), "ACME-00000000 ACME-11111111");
    ck_assert_str_eq(env(&f, "ACME_SHARED_BY"), sharings[_i].shared_by);
    ck_assert_str_eq(env(&f, "ACME_MODE"), sharings[_i].mode);
    return;
  }
  CLEANUP(free) char *before = printed(f.oci);
  ck_assert_int_lt(provide(&f), 0);
  ck_assert_str_eq(f.err.first->code, "gpu.sharing-unavailable");
  ck_assert_contains(f.err.first->text, sharings[_i].text);
  ck_assert_contains(f.err.first->hint, sharings[_i].hint);
  ck_assert_str_eq(f.err.first->at.key, "gpu.sharing");
  ck_assert_printed(f.oci, before);
}
END_TEST

START_TEST(exclusive_is_not_shared) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-serves");
  f.request.sharing.text = "exclusive";
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "ACME_SHARED"), "(not set)");
}
END_TEST

START_TEST(the_service_may_not_contradict_sharing) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-serves");
  f.request.sharing.text = "queues";
  ck_assert_ok(oci_set_env(f.oci, "ACME_MODE", "none", &by_service, &f.err), &f.err);
  check_refused(&f, DAVIT_E_INVALID, "gpu.sharing-conflict");
}
END_TEST

/* ---- options, facts, log -------------------------------------------------------------------- */

START_TEST(options_reach_the_vendors_plugin) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct request_option ours = {
      .key = "queue", .value = "fast", .at = {"a.yaml", 9, 3, "gpu.queue"}};
  const struct request_option given = {.plugin = "acme", .key = "queue", .value = "slow"};
  install(&f, "cdi-nothing");
  install(&f, "acme-serves");
  f.settings.options = &given;
  f.settings.option_count = 1;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "ACME_QUEUE"), "slow");
  f.request.options = &ours;
  f.request.option_count = 1;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_str_eq(env(&f, "ACME_QUEUE"), "fast"); /* the request's is stronger */
}
END_TEST

START_TEST(unknown_options_are_refused_with_their_place) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct request_option option = {
      .key = "queu", .value = "fast", .at = {"a.yaml", 9, 3, "gpu.queu"}};
  install(&f, "acme-serves");
  f.request.options = &option;
  f.request.option_count = 1;
  check_refused(&f, DAVIT_E_INVALID, "plugin.option");
  ck_assert_error(&f.err, "plugin.option", "\"queue\"");
  ck_assert_str_eq(f.err.first->at.key, "gpu.queu");
}
END_TEST

START_TEST(options_for_a_plugin_that_is_not_there_are_told) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct request_option options[] = {
      {.plugin = "acmee", .key = "queue", .value = "fast", .at = {.key = "--plugin-option"}},
      {.plugin = "acme", .key = "queue", .value = "slow"}};
  install(&f, "acme-serves");
  f.settings.options = options;
  f.settings.option_count = 2;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_ok(provide(&f), &f.err);
  static const char warning[] =
      "warning plugin.option option queue is for plugin acmee, which is not there\n";
  ck_assert_contains(f.logged, warning);
  ck_assert_ptr_null(
      strstr(strstr(f.logged, warning) + sizeof(warning) - 1, "plugin.option")); /* said once */
}
END_TEST

START_TEST(options_that_do_nothing_are_told) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  const struct request_option option = {.key = "queue", .value = "fast"};
  install(&f, "cdi-serves");
  install(&f, "acme-serves");
  f.request.options = &option;
  f.request.option_count = 1;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_warned(&f, "gpu.option-unused option queue has no effect");
}
END_TEST

START_TEST(plugins_are_told_of_the_container) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  static const char *const capabilities[] = {"CAP_MKNOD", NULL};
  ck_assert_ok(oci_set_capabilities(f.oci, capabilities, &by_default, &f.err), &f.err);
  ck_assert_ok(oci_set_root(f.oci, "/rootfs", true, &by_default, &f.err), &f.err);
  ck_assert_ok(oci_add_namespace(f.oci, "user", NULL, &by_default, &f.err), &f.err);
  ck_assert_ok(oci_add_namespace(f.oci, "pid", NULL, &by_default, &f.err), &f.err);
  install(&f, "acme-serves");
  ck_assert_ok(provide(&f), &f.err);
  char facts[160];
  snprintf(facts, sizeof(facts), "c uid=1000 gid=100 flags=%#x cap=1 home=/root given=acme",
           DAVIT_CT_HOOKS | DAVIT_CT_USER_NS | DAVIT_CT_HOST_NET | DAVIT_CT_HOST_IPC |
               DAVIT_CT_READONLY_ROOTFS);
  ck_assert_str_eq(env(&f, "ACME_FACTS"), facts);
}
END_TEST

START_TEST(plugins_make_files_where_there_is_a_bundle) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  struct list files = {0};
  f.facts.files_directory = "/b/.davit";
  f.facts.files = &files;
  install(&f, "acme-serves");
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_uint_eq(files.count, 1);
  const struct made_file *file = files.items[0];
  ck_assert_str_eq(file->name, "1-npu.conf");
  ck_assert_str_eq(file->content, "npu = 0\n");
  ck_assert_history(f.oci, "mounts./etc/acme/npu.conf",
                    "bind /b/.davit/1-npu.conf bind,rprivate,ro,nosuid,nodev <- plugin acme");
}
END_TEST

START_TEST(each_choice_is_told) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-serves");
  ask_for(&f, "0000:65:00.0");
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_contains(
      f.logged, "info 0000:65:00.0 (Acme One) chosen as index 1 by plugin acme (" TEST_TOY_PLUGINS
                "/provide/acme-serves/acme.so)");
  ck_assert_history(f.oci, "linux.devices./dev/acme1", "c 240:1 0666 <- plugin acme, device 1");
  ck_assert_lacks(f.oci, "/dev/acme0");
}
END_TEST

START_TEST(each_choice_of_cdi_is_told) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "cdi-serves");
  f.request.count = 1;
  ck_assert_ok(provide(&f), &f.err);
  ck_assert_contains(f.logged, "info 0 chosen as acme.com/npu=0 by plugin cdi (");
  ck_assert_contains(f.logged, "/cdi.so) from /etc/cdi/acme.yaml:4");
}
END_TEST

/* ---- listings ------------------------------------------------------------------------------- */

START_TEST(lists_plugins_with_their_refusals) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-serves");
  install(&f, "acme-nothing");
  install_refused(&f, "spoilt");
  ck_assert_ok(providers_open(&f.dir.arena, &f.settings, &f.providers, &f.err), &f.err);
  const struct provider_info *const *infos;
  ck_assert_ok(providers_list(f.providers, &f.dir.arena, &infos, &f.err), &f.err);
  ck_assert_str_eq(infos[0]->plugin->name, "acme");
  ck_assert_ptr_null(infos[0]->refused);
  ck_assert_ptr_null(infos[1]->plugin);
  ck_assert_contains(infos[1]->file->shadowed_by, "acme-serves/acme.so");
  ck_assert_str_eq(infos[2]->file->name, "spoilt");
  ck_assert_ptr_null(infos[2]->plugin);
  ck_assert_str_eq(infos[2]->refused->code, "plugin.refused");
  ck_assert_ptr_null(infos[3]);
}
END_TEST

static const struct {
  const char *vendor;
  const char *provider;
  enum cdi_policy cdi;
  const char *listed; /* "PLUGIN:ID ..." */
} listings[] = {
    {NULL, NULL, CDI_AUTO, "cdi:0 cdi:1 acme:0 acme:1"},
    {NULL, NULL, CDI_OFF, "acme:0 acme:1"},
    {NULL, "any", CDI_AUTO, "any:0 any:1"},
    {"acme", NULL, CDI_AUTO, "cdi:0 acme:0 acme:1"},
    {"acme.org/tpu", NULL, CDI_AUTO, "cdi:1"},
    {"xe", NULL, CDI_AUTO, "any:0 any:1"},
    {"nobody", NULL, CDI_AUTO, ""},
};

START_TEST(lists_devices_by_rank) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "any-serves");
  install(&f, "acme-serves");
  install(&f, "cdi-kinds");
  f.settings.provider = listings[_i].provider;
  f.settings.cdi = listings[_i].cdi;
  ck_assert_ok(providers_open(&f.dir.arena, &f.settings, &f.providers, &f.err), &f.err);
  const struct provider_device *const *devices;
  ck_assert_ok(providers_devices(f.providers, &f.dir.arena, listings[_i].vendor, &devices, &f.err),
               &f.err);
  const char *listed = "";
  for (; *devices; devices++)
    listed = arena_printf(&f.dir.arena, "%s%s%s:%s", listed, *listed ? " " : "",
                          (*devices)->plugin->name, (*devices)->device->id);
  ck_assert_str_eq(listed, listings[_i].listed);
  ck_assert_not_warned(&f);
}
END_TEST

START_TEST(a_listing_warns_of_what_is_broken) {
  CLEANUP(fixture) struct fixture f;
  set_up(&f);
  install(&f, "acme-broken");
  install(&f, "cdi-torn");
  install_refused(&f, "spoilt");
  ck_assert_ok(providers_open(&f.dir.arena, &f.settings, &f.providers, &f.err), &f.err);
  const struct provider_device *const *devices;
  ck_assert_ok(providers_devices(f.providers, &f.dir.arena, NULL, &devices, &f.err), &f.err);
  ck_assert_str_eq(devices[0]->device->id, "0");
  ck_assert_ptr_null(devices[1]);
  ck_assert_warned(&f, "acme.broken");
  ck_assert_warned(&f, "cdi.file-broken");
  ck_assert_warned(&f, "plugin.refused");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/provide");
  TCase *tests = tcase_create("provide");
  tcase_add_loop_test(tests, policies, 0, CASES);
  tcase_add_test(tests, an_incomplete_spec_is_explained);
  tcase_add_test(tests, devices_that_a_spec_lacks_are_named_in_full);
  tcase_add_test(tests, where_was_looked_for_a_kind_is_said);
  tcase_add_loop_test(tests, a_model_is_the_vendors_plugins_to_know, 0, 2);
  tcase_add_test(tests, a_broken_spec_counts_unless_the_others_serve_all);
  tcase_add_loop_test(tests, preferring_tells_who_serves_instead, 0, 2);
  tcase_add_test(tests, preferring_tells_both_failures);
  tcase_add_test(tests, an_op_that_fails_leaves_the_document);
  tcase_add_loop_test(tests, vendor_and_kinds, 0, ARRAY_LEN(vendors));
  tcase_add_test(tests, equal_rank_needs_a_choice);
  tcase_add_test(tests, the_vendors_own_name_needs_none);
  tcase_add_loop_test(tests, a_provider_may_be_chosen, 0, ARRAY_LEN(choices));
  tcase_add_loop_test(tests, a_refused_plugin_matters_if_it_is_needed, 0, ARRAY_LEN(refusals));
  tcase_add_test(tests, requiring_cdi_needs_its_plugin);
  tcase_add_loop_test(tests, optional_pardons_that_nothing_is_there, 0, ARRAY_LEN(optionals));
  tcase_add_loop_test(tests, sharing_is_the_vendors_plugins, 0, ARRAY_LEN(sharings));
  tcase_add_test(tests, exclusive_is_not_shared);
  tcase_add_test(tests, the_service_may_not_contradict_sharing);
  tcase_add_test(tests, options_reach_the_vendors_plugin);
  tcase_add_test(tests, unknown_options_are_refused_with_their_place);
  tcase_add_test(tests, options_for_a_plugin_that_is_not_there_are_told);
  tcase_add_test(tests, options_that_do_nothing_are_told);
  tcase_add_test(tests, plugins_are_told_of_the_container);
  tcase_add_test(tests, plugins_make_files_where_there_is_a_bundle);
  tcase_add_test(tests, each_choice_is_told);
  tcase_add_test(tests, each_choice_of_cdi_is_told);
  tcase_add_test(tests, lists_plugins_with_their_refusals);
  tcase_add_loop_test(tests, lists_devices_by_rank, 0, ARRAY_LEN(listings));
  tcase_add_test(tests, a_listing_warns_of_what_is_broken);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
