/* SPDX-License-Identifier: Apache-2.0 */
/* What the image brings along beside its command and its user: variables, annotations, volumes. It
 * comes first, so that all else can replace it. */
#include "pipeline/stages.h"

#include <string.h>

#include "util/text.h"

struct oci_source from_image(const struct where *at) {
  return (struct oci_source){
      .kind = OCI_FROM_IMAGE, .file = at->file, .line = at->line, .key = at->key};
}

/* Annotations are instructions to some runtimes and to what calls them: hooks and handlers, units
 * of systemd, devices. Whoever made the image is not who decides on those. */
static bool is_instruction(const char *annotation) {
  static const char *const prefixes[] = {
      "run.oci.",   "org.systemd.property.", "cdi.k8s.io/",  "io.containers.",
      "io.podman.", "io.katacontainers.",    "module.wasm.", "org.criu.",
  };
  for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
    if (text_starts(annotation, prefixes[i]))
      return true;
  return false;
}

static int set_annotation(struct context *context, const struct image_pair *annotation,
                          struct davit_error *err) {
  struct oci_source source = from_image(&annotation->at);
  if (!is_instruction(annotation->name))
    return oci_set_annotation(context->oci, annotation->name, annotation->value, &source, err);
  log_at(context->log, LOG_LEVEL_WARNING, "image.label", &annotation->at, NULL,
         "this label of the image is left out: runtimes take it for an instruction");
  return DAVIT_OK;
}

int stage_image(struct context *context, struct davit_error *err) {
  const struct image_config *image = context->image;
  int answer = DAVIT_OK;
  for (size_t i = 0; image && answer == DAVIT_OK && i < image->env_count; i++) {
    struct oci_source source = from_image(&image->env[i].at);
    answer = oci_set_env(context->oci, image->env[i].name, image->env[i].value, &source, err);
  }
  for (size_t i = 0; image && answer == DAVIT_OK && i < image->annotation_count; i++)
    answer = set_annotation(context, &image->annotations[i], err);
  return answer;
}

/* Is something mounted there, or above it? 1, 0, or negative. */
static int is_mounted(struct context *context, const char *volume, struct davit_error *err) {
  char *path = arena_strdup(context->arena, volume);
  if (!path)
    return error_memory(err);
  for (char *slash = path + strlen(path); slash > path; slash = strrchr(path, '/')) {
    *slash = '\0';
    if (path[0] && oci_find_mount(context->oci, path))
      return 1;
  }
  return 0;
}

int stage_image_data(struct context *context, struct davit_error *err) {
  const struct image_config *image = context->image;
  for (size_t i = 0; image && i < image->volume_count; i++) {
    const struct image_text *volume = &image->volumes[i];
    int mounted = is_mounted(context, volume->text, err);
    if (mounted < 0)
      return mounted;
    if (!mounted)
      log_at(context->log, LOG_LEVEL_WARNING, "image.volume", &volume->at,
             "storage: [{type: anonymous, target: PATH}] mounts one",
             "nothing is mounted at this volume of the image: what is written there goes into the "
             "root file system");
  }
  return DAVIT_OK;
}
