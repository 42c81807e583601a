/* SPDX-License-Identifier: Apache-2.0 */
/* Results on stdout. */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

#include "util/cleanup.h"

int finish_output(struct davit_error *err) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_FAILED, "output.write", NULL, "writing to stdout: %s",
                   strerror(errno ? errno : EIO));
}

int print_config(const struct oci *oci, struct davit_error *err) {
  CLEANUP(free) char *text = NULL;
  size_t size;
  int answer = oci_print(oci, &text, &size, err);
  if (answer < 0)
    return answer;
  fwrite(text, 1, size, stdout);
  return finish_output(err);
}
