/* SPDX-License-Identifier: Apache-2.0 */
/* The config of an image, in any of its forms. */
#include "fuzz.h"

#include "image/config.h"
#include "util/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct image_config *config = NULL;
  int answer = image_config_parse(&arena, "i.json", (const char *)data, size, &config, &err);
  check_answer(answer, &err);
  MUST_HOLD((answer == 0) == (config != NULL));
  for (size_t i = 0; config && i < config->env_count; i++)
    MUST_HOLD(config->env[i].name[0] && config->env[i].value && config->env[i].at.key);
  for (size_t i = 0; config && i < config->annotation_count; i++)
    MUST_HOLD(config->annotations[i].name[0] && config->annotations[i].value);
  MUST_HOLD(!config || !config->workdir.text || config->workdir.text[0] == '/');
  return 0;
}
