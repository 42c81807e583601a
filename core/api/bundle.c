/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/bundle.h"

#include "api/session.h"
#include "util/cleanup.h"

const char explained_files[] = "/BUNDLE/.davit";

int write_bundle(const struct session *session, const char *dir, const struct rootfs *rootfs,
                 const struct oci *oci, const struct list *files, struct davit_error *err) {
  CLEANUP(free) char *config = NULL;
  size_t size = 0;
  int answer = oci_print(oci, &config, &size, err);
  const struct bundle_content content = {.rootfs = rootfs->path,
                                         .config = config,
                                         .config_size = size,
                                         .files =
                                             (const struct made_file *const *)list_strings(files)};
  if (answer == DAVIT_OK)
    answer = bundle_write(dir, &content, err);
  if (answer == DAVIT_OK)
    log_info(&session->log, "wrote %s/config.json", dir);
  return answer;
}
