/* SPDX-License-Identifier: Apache-2.0 */
/* Which container runtimes are installed. None is run to say its version: the package database
 * knows it. */
#include <string.h>

#include "doctor/examination.h"
#include "util/text.h"

static const struct fault runtime_here = {"host.runtime", DAVIT_SEV_OK, NULL};
static const struct fault runtime_missing = {
    "host.runtime-missing", DAVIT_SEV_WARNING,
    "bundles can be written here, but nothing on this host runs them"};

/* ---- versions ------------------------------------------------------------------------------- */

/* Databases that are texts: paragraphs with a line for the name and, below it, one for the version.
 */
static const struct {
  const char *path, *name, *version;
} databases[] = {
    {"/var/lib/dpkg/status", "Package: ", "Version: "},
    {"/lib/apk/db/installed", "P:", "V:"},
};

/* The rest of the first line of a paragraph that begins so; NULL: there is none. */
static const char *find_line(const char *paragraph, const char *beginning) {
  for (const char *line = paragraph; *line && *line != '\n';) {
    if (text_starts(line, beginning))
      return line + strlen(beginning);
    line += strcspn(line, "\n");
    line += *line == '\n';
  }
  return NULL;
}

/* The paragraph of a package; NULL: it is not there. */
static const char *find_package(struct arena *arena, const char *database, const char *label,
                                const char *package) {
  const char *line = arena_printf(arena, "%s%s\n", label, package);
  for (const char *found = database; line && (found = strstr(found, line)); found++)
    if (found == database || found[-1] == '\n')
      return found;
  return NULL;
}

/* *version is NULL if no package database names a package like the program. */
static int find_version(struct examination *exam, const char *program, const char **version) {
  *version = NULL;
  for (size_t i = 0; i < ARRAY_LEN(databases); i++) {
    const char *text;
    int answer = read_if_there(exam, databases[i].path, &text);
    if (answer < 0)
      return answer;
    const char *paragraph =
        text ? find_package(exam->arena, text, databases[i].name, program) : NULL;
    const char *found = paragraph ? find_line(paragraph, databases[i].version) : NULL;
    if (!found)
      continue;
    *version = arena_strndup(exam->arena, found, strcspn(found, "\n"));
    return *version ? DAVIT_OK : error_memory(exam->err);
  }
  return DAVIT_OK;
}

/* ---- programs ------------------------------------------------------------------------------- */

static const char *find_program(struct examination *exam, const char *name) {
  static const char *const dirs[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                     "/usr/bin",        "/sbin",          "/bin"};
  for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
    const char *path = arena_printf(exam->arena, "%s/%s", dirs[i], name);
    if (path && type_at(exam, path) == DAVIT_FILE_REGULAR)
      return path;
  }
  return NULL;
}

int examine_runtimes(struct examination *exam) {
  static const char *const programs[] = {"runc",   "crun",       "youki",
                                         "podman", "containerd", "dockerd"};
  bool found = false;
  for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
    const char *path = find_program(exam, programs[i]), *version;
    if (!path)
      continue;
    int answer = find_version(exam, programs[i], &version);
    if (answer == DAVIT_OK)
      answer = report(exam, &runtime_here, path, NULL, "%s %s", programs[i],
                      version ? version : "of a version that no package tells");
    if (answer < 0)
      return answer;
    found = true;
  }
  if (found)
    return DAVIT_OK;
  return report(exam, &runtime_missing, NULL, "`apt install crun`, or runc",
                "no container runtime is installed");
}
