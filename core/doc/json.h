/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text as a cJSON tree, for the rooms that edit JSON. Checked as strictly as doc_parse_json():
 * bounds, duplicate keys, \u0000, invalid UTF-8, anything after the value. */
#ifndef DAVIT_DOC_JSON_H
#define DAVIT_DOC_JSON_H

#include <cjson/cJSON.h>

#include "doc/doc.h"

static inline void cleanup_cjson(cJSON **tree) {
  cJSON_Delete(*tree);
}

/* Every number is a cJSON_Raw item that holds its digits as written: printed, it comes out byte for
 * byte. Freed with cJSON_Delete(). */
int json_parse(const struct doc_source *source, cJSON **root, struct davit_error *err) MUST_CHECK;

#endif
