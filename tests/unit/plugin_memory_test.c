/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at every place where serving a request asks for some: the request fails with that
 * reason, or succeeds with the same document as ever. */
#include "oci_testing.h"
#include "scratch_dir.h"
#include "short_memory.h"

#include "plugin/provide.h"

#define TOY(name) TEST_TOY_PLUGINS "/provide/" name

static const struct {
  const char *dirs[3];
  enum cdi_policy cdi;
  const char *names[3];
  const char *model;
  const char *sharing;
  int answer; /* with enough memory */
} requests[] = {
    {{TOY("acme-serves")}, .answer = DAVIT_OK},
    {{TOY("cdi-serves"), TOY("acme-serves")}, .sharing = "queues", .answer = DAVIT_OK},
    {{TOY("cdi-serves"), TOY("acme-serves")}, .names = {"0000:65:00.0"}, .answer = DAVIT_OK},
    {{TOY("cdi-serves"), TOY("acme-serves")}, .model = "one", .answer = DAVIT_OK},
    {{TOY("cdi-broken"), TOY("acme-serves")}, .cdi = CDI_PREFER, .answer = DAVIT_OK},
    {{TOY("cdi-partly"), TOY("acme-serves")}, .names = {"0", "1"}, .answer = DAVIT_E_INVALID},
    {{TOY("acme-unusable")}, .answer = DAVIT_E_INVALID},
    {{TOY("rival-serves"), TOY("twin-serves")}, .answer = DAVIT_E_INVALID},
    {{TOY("cdi-kinds")}, .answer = DAVIT_E_INVALID},
    {{TOY("any-serves")}, .answer = DAVIT_E_NOT_FOUND},
    {{TOY("cdi-strange"), TOY("acme-serves")}, .sharing = "queues", .answer = DAVIT_E_INVALID},
};

static void drop(void *user, enum log_level level, const struct problem *message) {
  (void)user;
  (void)level;
  (void)message;
}

static const struct log quiet = {.threshold = LOG_LEVEL_INFO, .emit = drop};

/* The answer to one request, with as much memory as `allowed` says; *text is the document. */
static int serve(size_t number, const struct host *host, char **text, struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(providers) struct providers *providers = NULL;
  CLEANUP(oci) struct oci *oci = NULL;
  size_t limit = allowed;
  allowed = SIZE_MAX;
  ck_assert_ok(oci_new(&oci, err), err);
  ck_assert_ok(oci_set_env(oci, "HOME", "/root", &by_service, err), err);
  struct request_text names[3] = {0};
  struct device_request request = {.vendor = {.text = "acme"},
                                   .devices = names,
                                   .model = {.text = requests[number].model},
                                   .sharing = {.text = requests[number].sharing}};
  for (; requests[number].names[request.device_count]; request.device_count++)
    names[request.device_count].text = requests[number].names[request.device_count];
  request.count = request.device_count == 0 ? 2 : 0;
  const struct provider_settings settings = {
      .path = {.dirs = requests[number].dirs, .allow_untrusted = true},
      .host = host,
      .log = &quiet,
      .cdi = requests[number].cdi};
  const struct container_facts facts = {.id = "c", .flags = DAVIT_CT_HOOKS};
  allowed = limit;
  int answer = providers_open(&arena, &settings, &providers, err);
  if (answer == DAVIT_OK)
    answer = provide_devices(providers, &arena, &request, &facts, oci, err);
  allowed = SIZE_MAX;
  if (answer == DAVIT_OK)
    *text = printed(oci);
  return answer;
}

START_TEST(a_request_is_served_whole_or_refused) {
  size_t number = (size_t)_i / 2;
  recovers = _i % 2 == 1;
  CLEANUP(scratch_dir) struct scratch_dir dir = scratch_dir();
  CLEANUP(host) struct host *host = NULL;
  CLEANUP(error) struct davit_error none = {0};
  CLEANUP(free) char *expected = NULL;
  make_dir(&dir, "dev");
  make_file(&dir, "dev/acme0", "c 240:0 0666");
  make_file(&dir, "dev/acme1", "c 240:1 0660 0:44");
  make_file(&dir, "dev/zero", "c 1:5 0666");
  make_file(&dir, "dev/null", "c 1:3 0666");
  ck_assert_ok(host_open(dir.path, &host, &none), &none);
  ck_assert_int_eq(serve(number, host, &expected, &none), requests[number].answer);
  for (size_t limit = 0;; limit++) {
    CLEANUP(error) struct davit_error err = {0};
    CLEANUP(free) char *text = NULL;
    allowed = limit;
    refused = 0;
    int answer = serve(number, host, &text, &err);
    if (answer == DAVIT_OK)
      ck_assert_str_eq(text, expected); /* what is short may be a message only */
    else
      ck_assert_msg(err.count > 0 && answer < 0, "allocation %zu: no reason", limit);
    if (requests[number].answer == DAVIT_OK && answer < 0)
      ck_assert_msg(answer == DAVIT_E_MEMORY, "allocation %zu: %s", limit, error_text(&err));
    if (requests[number].answer < 0)
      ck_assert_int_lt(answer, 0);
    if (refused == 0) {
      ck_assert_int_eq(answer, requests[number].answer);
      ck_assert_uint_gt(limit, 30);
      return;
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/memory");
  TCase *tests = tcase_create("memory");
  tcase_add_loop_test(tests, a_request_is_served_whole_or_refused, 0, 2 * ARRAY_LEN(requests));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
