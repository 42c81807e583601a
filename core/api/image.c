/* SPDX-License-Identifier: Apache-2.0 */
/* --image-config: a file, or an image layout and the name of an image in it. */
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "api/session.h"
#include "image/layout.h"

static int machine_platform(struct session *session, struct image_platform *platform,
                            struct davit_error *err) {
  struct utsname names;
  const char *machine = uname(&names) == 0 ? arena_strdup(&session->arena, names.machine) : NULL;
  if (!machine)
    return error_memory(err);
  *platform = image_platform_of(machine);
  return DAVIT_OK;
}

static int load_layout(struct session *session, const char *dir, const char *reference,
                       const struct image_platform *platform, const struct image_config **config,
                       struct davit_error *err) {
  CLEANUP(host) struct host *root = NULL;
  int answer = host_open(dir, &root, err);
  if (answer < 0)
    return answer;
  const struct image_layout layout = {
      .root = root, .name = dir, .reference = reference, .platform = *platform};
  return image_layout_read(&session->arena, &layout, config, err);
}

/* Another architecture may be meant for another machine, or be emulated. */
static int load_file(struct session *session, const struct image_platform *platform,
                     const struct image_config **config, struct davit_error *err) {
  const char *name, *text;
  size_t size;
  const struct image_config *read;
  int answer = read_input(session, session->image_config, &name, &text, &size, err);
  if (answer == DAVIT_OK)
    answer = image_config_parse(&session->arena, name, text, size, &read, err);
  if (answer < 0)
    return answer;
  const struct image_platform is = {read->os.text, read->architecture.text, read->variant.text};
  const char *said = image_platform_text(&session->arena, &is);
  if (is.os && strcmp(is.os, platform->os) != 0)
    return error_add_at(err, DAVIT_E_INVALID, "image.platform", &read->os.at, NULL,
                        "the image is for %s, not for %s", said, platform->os);
  if (is.architecture && image_platform_rank(platform, &is) == 0)
    log_at(&session->log, LOG_LEVEL_WARNING, "image.platform", &read->architecture.at, NULL,
           "the image is for %s, this machine is %s", said,
           image_platform_text(&session->arena, platform));
  *config = read;
  return DAVIT_OK;
}

static bool is_directory(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int load_image(struct session *session, const struct image_config **config,
               struct davit_error *err) {
  const char *path = session->image_config;
  struct image_platform platform;
  struct stat st;
  int answer = machine_platform(session, &platform, err);
  if (answer < 0)
    return answer;
  if (is_directory(path))
    return load_layout(session, path, NULL, &platform, config, err);
  /* DIR:NAME; a name may have colons too, a path that is there is what it is. */
  for (const char *colon = stat(path, &st) == 0 ? NULL : strchr(path, ':'); colon;
       colon = strchr(colon + 1, ':')) {
    const char *dir = arena_strndup(&session->arena, path, (size_t)(colon - path));
    if (!dir)
      return error_memory(err);
    if (is_directory(dir))
      return load_layout(session, dir, colon + 1, &platform, config, err);
  }
  return load_file(session, &platform, config, err);
}
