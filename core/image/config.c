/* SPDX-License-Identifier: Apache-2.0 */
/* Names and meaning: image-spec, config.md and conversion.md. */
#include "image/config.h"

#include <string.h>

#include "doc/doc.h"
#include "util/list.h"
#include "util/text.h"

enum {
  MOST_PROBLEMS = 100 /* listed; a text may have a million */
};

struct reader {
  struct arena *arena;
  struct image_config *config;
  struct list annotations; /* struct image_pair * */
  size_t problems;
  bool no_memory;
  struct davit_error *err;
};

static void bad(struct reader *reader, const struct doc_node *node, const char *hint,
                const char *format, ...) PRINTF_LIKE(4, 5);
static void bad(struct reader *reader, const struct doc_node *node, const char *hint,
                const char *format, ...) {
  if (reader->problems++ >= MOST_PROBLEMS)
    return;
  va_list args;
  va_start(args, format);
  (void)doc_vfail(reader->err, node, DAVIT_E_INVALID, "image.invalid", hint, format, args);
  va_end(args);
}

static void wrong_kind(struct reader *reader, const struct doc_node *node, const char *wanted) {
  bad(reader, node, NULL, "%s is not %s", doc_describe(reader->arena, node), wanted);
}

/* For results of the arena: the reading goes on, and fails at its end. */
static bool is_there(struct reader *reader, const void *memory) {
  reader->no_memory |= !memory;
  return memory;
}

static struct where place_of(struct reader *reader, const struct doc_node *node) {
  return (struct where){.file = node->file,
                        .line = node->line,
                        .column = node->column,
                        .key = doc_path(reader->arena, node)};
}

/* "Any optional field may be null, which is equivalent to being absent." */
static bool is_absent(const struct doc_node *node) {
  return !node || (node->kind == DOC_SCALAR && node->type == DOC_NULL);
}

static bool is_text(const struct doc_node *node) {
  return node->kind == DOC_SCALAR && node->type == DOC_STRING;
}

/* ---- values ---------------------------------------------------------------------------------- */

static struct image_text read_text(struct reader *reader, const struct doc_node *node) {
  if (is_absent(node))
    return (struct image_text){0};
  if (!is_text(node)) {
    wrong_kind(reader, node, "a text");
    return (struct image_text){0};
  }
  return (struct image_text){node->text[0] ? node->text : NULL, place_of(reader, node)};
}

static struct image_list read_list(struct reader *reader, const struct doc_node *node) {
  struct list items = {0};
  if (is_absent(node))
    return (struct image_list){0};
  if (node->kind != DOC_SEQUENCE) {
    wrong_kind(reader, node, "a list of texts");
    return (struct image_list){0};
  }
  for (size_t i = 0; i < node->count; i++)
    if (!is_text(node->values[i]))
      wrong_kind(reader, node->values[i], "a text");
    else if (!list_push(reader->arena, &items, node->values[i]->text))
      reader->no_memory = true;
  return (struct image_list){items.count > 0 ? list_strings(&items) : NULL, place_of(reader, node)};
}

/* False: it is nothing that has keys. */
static bool is_object(struct reader *reader, const struct doc_node *node) {
  if (is_absent(node))
    return false;
  if (node->kind != DOC_MAPPING)
    wrong_kind(reader, node, "an object");
  return node->kind == DOC_MAPPING;
}

/* A set of the Go programs that write images: the keys of an object whose values are empty. */
static bool is_set(struct reader *reader, const struct doc_node *node) {
  if (!is_object(reader, node))
    return false;
  for (size_t i = 0; i < node->count; i++)
    if (!is_absent(node->values[i]) && node->values[i]->kind != DOC_MAPPING)
      wrong_kind(reader, node->values[i], "an empty object");
  return true;
}

static void add_annotation(struct reader *reader, const char *name, const char *value,
                           const struct doc_node *node) {
  struct image_pair *pair = arena_alloc(reader->arena, sizeof(*pair));
  if (!is_there(reader, pair) || !is_there(reader, value))
    return;
  *pair = (struct image_pair){name, value, place_of(reader, node)};
  reader->no_memory |= !list_push(reader->arena, &reader->annotations, pair);
}

/* ---- the keys of "config" ----------------------------------------------------------------------
 */

static void read_user(struct reader *reader, const struct doc_node *node) {
  reader->config->user = read_text(reader, node);
}

static void read_workdir(struct reader *reader, const struct doc_node *node) {
  struct image_text text = read_text(reader, node);
  if (text.text && text.text[0] != '/')
    bad(reader, node, "an absolute path of the container", "%s is not an absolute path",
        doc_describe(reader->arena, node));
  reader->config->workdir = text;
}

static void read_stop_signal(struct reader *reader, const struct doc_node *node) {
  struct image_text text = read_text(reader, node);
  if (text.text && text.text[strspn(text.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-")])
    bad(reader, node, "a name as SIGTERM, or a number", "%s is not a signal",
        doc_describe(reader->arena, node));
  reader->config->stop_signal = text;
  if (text.text)
    add_annotation(reader, "org.opencontainers.image.stopSignal", text.text, node);
}

static void check_program(struct reader *reader, const struct doc_node *node,
                          const struct image_list *list) {
  if (list->items && !list->items[0][0])
    bad(reader, node->values[0], "the name of a program", "the program is empty");
}

static void read_entrypoint(struct reader *reader, const struct doc_node *node) {
  reader->config->entrypoint = read_list(reader, node);
  check_program(reader, node, &reader->config->entrypoint);
}

static void read_cmd(struct reader *reader, const struct doc_node *node) {
  reader->config->cmd = read_list(reader, node);
}

static void read_env(struct reader *reader, const struct doc_node *node) {
  struct image_list entries = read_list(reader, node);
  struct image_pair *env =
      entries.items ? arena_array(reader->arena, node->count, sizeof(*env)) : NULL;
  if (!entries.items || !is_there(reader, env))
    return;
  size_t count = 0;
  for (size_t i = 0; i < node->count; i++) {
    const struct doc_node *item = node->values[i];
    if (!is_text(item))
      continue;
    const char *equals = strchr(item->text, '=');
    if (!equals || equals == item->text) {
      bad(reader, item, "NAME=VALUE", "%s is not a variable", doc_describe(reader->arena, item));
      continue;
    }
    const char *name = arena_strndup(reader->arena, item->text, (size_t)(equals - item->text));
    if (is_there(reader, name))
      env[count++] = (struct image_pair){name, equals + 1, place_of(reader, item)};
  }
  reader->config->env = env;
  reader->config->env_count = count;
}

static void read_labels(struct reader *reader, const struct doc_node *node) {
  if (!is_object(reader, node))
    return;
  for (size_t i = 0; i < node->count; i++)
    if (!node->keys[i]->text[0])
      bad(reader, node->values[i], NULL, "a label without a name");
    else if (!is_text(node->values[i]))
      wrong_kind(reader, node->values[i], "a text");
    else
      add_annotation(reader, node->keys[i]->text, node->values[i]->text, node->values[i]);
}

/* "80", "80/tcp", "8000-8010/udp". */
static bool is_port(const char *text) {
  size_t first = strspn(text, "0123456789");
  const char *rest = text + first;
  if (rest[0] == '-')
    rest += 1 + strspn(rest + 1, "0123456789");
  return first > 0 && rest[-1] != '-' &&
         (!rest[0] || strcmp(rest, "/tcp") == 0 || strcmp(rest, "/udp") == 0 ||
          strcmp(rest, "/sctp") == 0);
}

/* With commas between them: in one go, as there may be many. */
static const char *join(struct reader *reader, const char *const *texts) {
  size_t size = 1;
  for (size_t i = 0; texts[i]; i++)
    size += strlen(texts[i]) + 1;
  char *joined = arena_alloc(reader->arena, size);
  char *end = joined;
  for (size_t i = 0; joined && texts[i]; i++)
    end = stpcpy(stpcpy(end, i > 0 ? "," : ""), texts[i]);
  return joined;
}

static void read_ports(struct reader *reader, const struct doc_node *node) {
  struct list ports = {0};
  if (!is_set(reader, node) || node->count == 0)
    return;
  for (size_t i = 0; i < node->count; i++) {
    const char *port = node->keys[i]->text;
    if (!is_port(port))
      bad(reader, node->values[i], "for example 8080/tcp", "%s is not a port",
          doc_describe(reader->arena, node->keys[i]));
    reader->no_memory |= !list_push(reader->arena, &ports, port);
  }
  add_annotation(reader, "org.opencontainers.image.exposedPorts",
                 join(reader, list_strings(&ports)), node);
}

static void read_volumes(struct reader *reader, const struct doc_node *node) {
  if (!is_set(reader, node) || node->count == 0)
    return;
  struct image_text *volumes = arena_array(reader->arena, node->count, sizeof(*volumes));
  if (!is_there(reader, volumes))
    return;
  for (size_t i = 0; i < node->count; i++) {
    volumes[i] = (struct image_text){node->keys[i]->text, place_of(reader, node->values[i])};
    if (volumes[i].text[0] != '/')
      bad(reader, node->values[i], "an absolute path of the container",
          "%s is not an absolute path", doc_describe(reader->arena, node->keys[i]));
  }
  reader->config->volumes = volumes;
  reader->config->volume_count = node->count;
}

static const struct {
  const char *key;
  void (*read)(struct reader *reader, const struct doc_node *node);
} keys[] = {
    {"StopSignal", read_stop_signal},
    {"ExposedPorts", read_ports},
    {"Labels", read_labels}, /* after those that annotate: an explicit label wins */
    {"User", read_user},
    {"Env", read_env},
    {"Entrypoint", read_entrypoint},
    {"Cmd", read_cmd},
    {"WorkingDir", read_workdir},
    {"Volumes", read_volumes},
};

/* ---- the forms ---------------------------------------------------------------------------------
 */

enum form {
  OCI_IMAGE,
  DOCKER_IMAGE
};

static void read_properties(struct reader *reader, const struct doc_node *image, enum form form) {
  static const struct {
    const char *keys[2];
    const char *annotation;
  } properties[] = {
      {{"os", "Os"}, "org.opencontainers.image.os"},
      {{"architecture", "Architecture"}, "org.opencontainers.image.architecture"},
      {{"variant", "Variant"}, "org.opencontainers.image.variant"},
      {{"os.version", "OsVersion"}, "org.opencontainers.image.os.version"},
      {{"author", "Author"}, "org.opencontainers.image.author"},
      {{"created", "Created"}, "org.opencontainers.image.created"},
  };
  struct image_text *kept[] = {&reader->config->os, &reader->config->architecture,
                               &reader->config->variant};
  for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
    const struct doc_node *node = doc_get(image, properties[i].keys[form]);
    struct image_text text = read_text(reader, node);
    if (i < ARRAY_LEN(kept))
      *kept[i] = text;
    if (text.text)
      add_annotation(reader, properties[i].annotation, text.text, node);
  }
  const struct doc_node *features = doc_get(image, "os.features");
  struct image_list list = read_list(reader, features);
  if (list.items)
    add_annotation(reader, "org.opencontainers.image.os.features", join(reader, list.items),
                   features);
}

static void read_keys(struct reader *reader, const struct doc_node *config) {
  if (!is_object(reader, config))
    return;
  for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
    const struct doc_node *node = doc_get(config, keys[i].key);
    if (!is_absent(node))
      keys[i].read(reader, node);
  }
}

static bool has_known_key(const struct doc_node *config) {
  for (size_t i = 0; i < ARRAY_LEN(keys); i++)
    if (doc_get(config, keys[i].key))
      return true;
  return false;
}

static void read_image(struct reader *reader, const struct doc_node *image) {
  if (image->kind != DOC_MAPPING)
    wrong_kind(reader, image, "an image config");
  else if (doc_get(image, "manifests") || doc_get(image, "layers"))
    bad(reader, image, "give the directory of the image layout",
        "this is the index or the manifest of an image, not its config");
  else if (doc_get(image, "State"))
    bad(reader, image, "docker image inspect IMAGE", "this describes a container, not an image");
  else if (doc_get(image, "Config")) {
    read_properties(reader, image, DOCKER_IMAGE);
    read_keys(reader, doc_get(image, "Config"));
  } else if (doc_get(image, "config") || doc_get(image, "rootfs") || doc_get(image, "os")) {
    read_properties(reader, image, OCI_IMAGE);
    read_keys(reader, doc_get(image, "config"));
  } else if (has_known_key(image))
    read_keys(reader, image);
  else
    bad(reader, image,
        "an OCI image config, the output of `docker image inspect`, or the directory of an OCI "
        "image layout",
        "this is not the config of an image");
}

static void read_root(struct reader *reader, const struct doc_node *root) {
  if (root->kind == DOC_SEQUENCE && root->count != 1)
    bad(reader, root, "docker image inspect IMAGE", "%zu images instead of one", root->count);
  else
    read_image(reader, root->kind == DOC_SEQUENCE ? root->values[0] : root);
}

int image_config_parse(struct arena *arena, const char *file, const char *text, size_t size,
                       const struct image_config **config, struct davit_error *err) {
  const struct doc_source source = {
      .file = file, .text = text, .size = size, .code = "image.invalid"};
  const struct doc_node *root;
  int answer = doc_parse_json(arena, &source, &root, err);
  if (answer < 0)
    return answer;
  struct image_config *read = arena_alloc(arena, sizeof(*read));
  if (!read)
    return error_memory(err);
  read->file = root->file;
  struct reader reader = {.arena = arena, .config = read, .err = err};
  read_root(&reader, root);

  struct image_pair *annotations =
      arena_array(arena, reader.annotations.count, sizeof(*annotations));
  if (reader.no_memory || !annotations)
    return error_memory(err);
  if (reader.problems > 0) {
    error_sort(err);
    return DAVIT_E_INVALID;
  }
  for (size_t i = 0; i < reader.annotations.count; i++)
    annotations[i] = *(const struct image_pair *)reader.annotations.items[i];
  read->annotations = annotations;
  read->annotation_count = reader.annotations.count;
  *config = read;
  return DAVIT_OK;
}
