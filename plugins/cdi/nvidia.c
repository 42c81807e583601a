/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/nvidia.h"

#include <string.h>

#define GPUS "/proc/driver/nvidia/gpus"

static int absent_unless_memory(int answer) {
  return answer == DAVIT_E_MEMORY ? answer : DAVIT_OK;
}

int nvidia_version(const struct davit_host *host, const char **version) {
  const char *text;
  *version = NULL;
  int answer = host->files->read_file(host->files, "/sys/module/nvidia/version", &text, NULL);
  if (answer < 0)
    return absent_unless_memory(answer);
  *version = host->format(host, "%.*s", (int)strcspn(text, "\n"), text);
  return *version ? DAVIT_OK : DAVIT_E_MEMORY;
}

/* "Device Minor: \t 0" */
static const char *find_minor(const char *information, int *length) {
  static const char label[] = "Device Minor:";
  const char *minor = strstr(information, label);
  if (!minor)
    return NULL;
  minor += strlen(label);
  minor += strspn(minor, " \t");
  *length = (int)strspn(minor, "0123456789");
  return *length > 0 ? minor : NULL;
}

int nvidia_node(const struct davit_host *host, const char *uuid, const char **node) {
  const struct davit_files *files = host->files;
  const char *const *names;
  *node = NULL;
  int answer = files->list_dir(files, GPUS, &names);
  if (answer < 0)
    return absent_unless_memory(answer);
  for (; *names; names++) {
    const char *path = host->format(host, GPUS "/%s/information", *names), *text;
    answer = path ? files->read_file(files, path, &text, NULL) : DAVIT_E_MEMORY;
    if (answer == DAVIT_E_MEMORY)
      return answer;
    if (answer < 0 || !strstr(text, uuid))
      continue;
    int length;
    const char *minor = find_minor(text, &length);
    if (!minor)
      return DAVIT_OK;
    *node = host->format(host, "/dev/nvidia%.*s", length, minor);
    return *node ? DAVIT_OK : DAVIT_E_MEMORY;
  }
  return DAVIT_OK;
}
