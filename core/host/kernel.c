/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel this is. */
#include <sys/utsname.h>

#include "host/host.h"
#include "util/text.h"

/* The file's one line; `otherwise` if it cannot be read (the kernel has it since 6.1, or /proc is
 * not mounted). NULL: out of memory. */
static const char *read_line(const struct host *host, struct arena *arena, const char *path,
                             const char *otherwise) {
  CLEANUP(error) struct davit_error unreadable = {0};
  const char *text;
  if (host_read_file(host, arena, path, &text, NULL, &unreadable) < 0)
    text = otherwise;
  char *line = arena_strdup(arena, text);
  return line ? text_trim_end(line) : NULL;
}

int host_find_kernel(const struct host *host, struct arena *arena, const char **machine,
                     const char **release, struct davit_error *err) {
  struct utsname own = {0};
  (void)uname(&own); /* fails for a bad pointer only */
  const char *arch = read_line(host, arena, "/proc/sys/kernel/arch", own.machine);
  const char *version = read_line(host, arena, "/proc/sys/kernel/osrelease", own.release);
  if (!arch || !version)
    return error_memory(err);
  *machine = arch;
  *release = version;
  return DAVIT_OK;
}
