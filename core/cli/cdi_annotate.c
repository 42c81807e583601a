/* SPDX-License-Identifier: Apache-2.0 */
/* davit cdi annotate: the annotation with which an agent asks a runtime for devices. */
#include "cli/cli.h"

#include "cdi/requests.h"

static int run(struct cli *cli, struct davit_error *err) {
  const char *const *words = list_strings(&cli->operands);
  struct cdi_annotation annotation;
  int answer =
      annotation_make(&cli->session.arena, words[0], words[1], words + 2, &annotation, err);
  if (answer < 0)
    return answer;
  printf("%s=%s\n", annotation.key, annotation.value);
  return finish_output(err);
}

const struct cli_command command_cdi_annotate = {
    .name = "cdi annotate",
    .operands = "PLUGIN DEVICE-ID DEVICE...",
    .summary = "print the annotation that asks for devices",
    .least = 3,
    .most = SIZE_MAX,
    .run = run,
};
