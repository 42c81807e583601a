/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which a host is looked at. */
#include "doctor/doctor.h"

#include <string.h>

#include "doctor/examination.h"

const char *severity_word(uint32_t severity) {
  static const char *const words[] = {"ok", "note", "warning", "error"};
  return words[severity < ARRAY_LEN(words) ? severity : DAVIT_SEV_ERROR];
}

static int examine_kernel(struct examination *exam) {
  static const struct fault kernel = {"host.kernel", DAVIT_SEV_OK, NULL};
  const char *machine, *release;
  int answer = host_find_kernel(exam->settings->host, exam->arena, &machine, &release, exam->err);
  return answer < 0 ? answer : report(exam, &kernel, NULL, NULL, "Linux %s, %s", release, machine);
}

static int (*const checks[])(struct examination *) = {
    examine_devices, examine_kernel,  examine_cgroup,   examine_dev_char,
    examine_limits,  examine_selinux, examine_rootless, examine_runtimes,
};

static bool has_same_source(const struct list *findings, size_t i, size_t j) {
  const struct provider_finding *one = findings->items[i], *other = findings->items[j];
  return strcmp(one->source, other->source) == 0;
}

static uint32_t severity_at(const struct list *findings, size_t i) {
  return ((const struct provider_finding *)findings->items[i])->finding->severity;
}

/* The worst first among those of one source, which stand together; else as they came. */
static void sort_by_severity(struct list *findings) {
  for (size_t i = 1; i < findings->count; i++)
    for (size_t j = i; j > 0 && has_same_source(findings, j - 1, j) &&
                       severity_at(findings, j - 1) < severity_at(findings, j);
         j--) {
      void *better = findings->items[j - 1];
      findings->items[j - 1] = findings->items[j];
      findings->items[j] = better;
    }
}

static int add_plugins(struct examination *exam) {
  const struct doctor_settings *settings = exam->settings;
  const struct provider_finding *const *found;
  int answer = providers_diagnose(settings->providers, exam->arena, settings->vendor,
                                  settings->rootfs, &found, exam->err);
  for (; answer == DAVIT_OK && *found; found++)
    if (!list_push(exam->arena, &exam->findings, *found))
      answer = error_memory(exam->err);
  return answer;
}

int doctor_run(const struct doctor_settings *settings, struct arena *arena,
               const struct provider_finding *const **findings, struct davit_error *err) {
  struct examination exam = {.arena = arena, .settings = settings, .err = err};
  int answer = host_find_caller(settings->host, arena, &exam.caller, err);
  if (answer == DAVIT_OK)
    answer = providers_devices(settings->providers, arena, settings->vendor, &exam.devices, err);
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(checks); i++)
    answer = checks[i](&exam);
  if (answer == DAVIT_OK)
    answer = add_plugins(&exam);
  if (answer < 0)
    return answer;
  sort_by_severity(&exam.findings);
  *findings = (const struct provider_finding *const *)exam.findings.items;
  return DAVIT_OK;
}
