/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a spec's making fails once, alone and with all behind it: there is the same
 * spec or none. */
#include "short_memory.h"

#include "generate_rig.h"

static const char *const does[] = {"everything", "shared", "together"};

/* *text: the spec. */
static int make_spec(struct generate_rig *rig, char **text) {
  const struct generate_request request = {NULL, NULL};
  size_t size;
  error_clear(&rig->err);
  int answer = generate_spec(rig->providers, &rig->dir.arena, &request, &rig->spec, &rig->err);
  return answer < 0 ? answer : generated_print(rig->spec, DOC_FORMAT_YAML, text, &size, &rig->err);
}

START_TEST(a_spec_is_made_whole_or_not_at_all) {
  CLEANUP(generate_rig) struct generate_rig rig;
  CLEANUP(free) char *expected = NULL;
  rig_set_up(&rig);
  rig_install(&rig, "wide-serves");
  rig_open(&rig, does[_i / 2], NULL);
  rig.log.threshold = LOG_LEVEL_NONE;
  ck_assert_ok(make_spec(&rig, &expected), &rig.err);
  recovers = _i % 2 == 1;
  for (size_t limit = 0;; limit++) {
    CLEANUP(free) char *text = NULL;
    allowed = limit;
    refused = 0;
    int answer = make_spec(&rig, &text);
    allowed = SIZE_MAX;
    if (answer == DAVIT_OK)
      ck_assert_msg(strcmp(text, expected) == 0, "allocation %zu: the spec is another", limit);
    else
      ck_assert_msg(answer == DAVIT_E_MEMORY, "allocation %zu: %d, %s", limit, answer,
                    error_text(&rig.err));
    if (refused == 0)
      break;
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin_generate_memory");
  TCase *tcase = tcase_create("plugin_generate_memory");
  tcase_add_loop_test(tcase, a_spec_is_made_whole_or_not_at_all, 0, 2 * (int)ARRAY_LEN(does));
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
