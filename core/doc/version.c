/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/doc.h"

#include <yaml.h>

const char *doc_yaml_version(void) {
  return yaml_get_version_string();
}
