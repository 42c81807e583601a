/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole: its top level, its services, and finding one of them. */
#include <string.h>

#include "service/forms.h"
#include "service/keys.h"

/* The file's model while it is read: the lists still grow. */
struct file_model {
  const char *deployment;
  struct list services; /* of struct service */
};

static void read_version(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *version;
  if (field_text(reader, value, &version) && strcmp(version, "v1") != 0)
    field_invalid(reader, value, "write `version: v1`", "the version %s is not known",
                  field_quote(reader, version));
}

static void read_deployment(struct reader *reader, const struct doc_node *value, void *into) {
  struct file_model *model = into;
  if (!field_text(reader, value, &model->deployment))
    return;
  size_t length = strlen(model->deployment);
  if (length < 3 || length > FIELD_LABEL_MOST || !field_is_label(model->deployment, length))
    field_invalid(reader, value,
                  "3 to 63 letters, digits and \"-\", neither first nor last a \"-\"",
                  "%s is not a deployment name", field_quote(reader, model->deployment));
}

static void read_service(struct reader *reader, const struct doc_node *services, size_t position,
                         struct file_model *model) {
  const char *name = services->keys[position]->text;
  const struct doc_node *value = services->values[position];
  if (strlen(name) > FIELD_LABEL_MOST || !field_is_label(name, strlen(name)))
    field_invalid(reader, value,
                  "1 to 63 letters, digits and \"-\", neither first nor last a \"-\"",
                  "%s is not a service name", field_quote(reader, name));
  struct service *service = field_array(reader, 1, sizeof(*service));
  if (!service)
    return;
  service->name = name;
  service->at = field_at(reader, value);
  service->replicas = 1;
  keys_read(reader, value, service_keys, service);
  service->world = service->replicas;
  if (value->kind == DOC_MAPPING)
    read_groups(reader, value, service);
  check_service(reader, value, service);
  if (!list_push(reader->arena, &model->services, service))
    error_memory(reader->err);
}

static void read_services(struct reader *reader, const struct doc_node *value, void *into) {
  struct file_model *model = into;
  if (!field_is_mapping(reader, value))
    return;
  if (value->count == 0)
    field_invalid(reader, value, "name one: `services: {web: {image: {name: IMAGE}}}`",
                  "there are no services");
  for (size_t i = 0; i < value->count; i++)
    if (!field_is_merge_key(value->keys[i]))
      read_service(reader, value, i, model);
  check_services(reader, value, (const struct service *const *)model->services.items,
                 model->services.count);
}

const struct field service_file_keys[] = {
    {.key = "version", .read = read_version, .example = "v1"},
    {.key = "deployment", .read = read_deployment, .example = "NAME"},
    {.key = "services", .read = read_services, .example = "{web: {image: {name: IMAGE}}}"},
    {.key = "externals", .form = &form_externals, .flags = FIELD_FOREIGN},
    {.key = "tunnels", .form = &form_tunnels, .flags = FIELD_FOREIGN},
    {.key = "api", .form = &form_api, .flags = FIELD_FOREIGN},
    {.key = NULL},
};

static int parse(struct arena *arena, const char *file, const char *text, size_t size,
                 const struct doc_node **root, struct davit_error *err) {
  struct doc_source source = {.file = file, .text = text, .size = size, .code = "service.invalid"};
  return doc_parse_yaml(arena, &source, root, err);
}

static int answer_of(const struct davit_error *err) {
  return err->last->answer == DAVIT_E_MEMORY ? DAVIT_E_MEMORY : err->first->answer;
}

static struct service_file *build_file(struct reader *reader, const struct doc_node *root,
                                       const struct file_model *model) {
  struct service_file *file = field_array(reader, 1, sizeof(*file));
  struct service_foreign *foreign = field_array(reader, reader->foreign.count, sizeof(*foreign));
  if (!file || !foreign)
    return NULL;
  for (size_t i = 0; i < reader->foreign.count; i++)
    foreign[i] = *(const struct service_foreign *)reader->foreign.items[i];
  *file = (struct service_file){
      .file = field_printf(reader, "%s", root->file),
      .deployment = model->deployment,
      .services = (const struct service *const *)model->services.items,
      .service_count = model->services.count,
      .foreign = foreign,
      .foreign_count = reader->foreign.count,
  };
  return file;
}

int service_load(struct arena *arena, const char *file, const char *text, size_t size,
                 const struct log *log, const struct service_file **loaded,
                 struct davit_error *err) {
  const struct doc_node *root;
  int answer = parse(arena, file, text, size, &root, err);
  if (answer < 0)
    return answer;

  CLEANUP(error) struct davit_error problems = {0};
  struct reader reader = {.arena = arena, .log = log, .err = &problems, .file = file};
  struct file_model model = {0};
  if (fields_check_tree(&reader, root))
    keys_read(&reader, root, service_file_keys, &model);
  struct service_file *result = build_file(&reader, root, &model);
  if (problems.count > 0) {
    error_sort(&problems);
    answer = answer_of(&problems);
    error_take(err, &problems);
    return answer;
  }
  *loaded = result;
  return 0;
}

static int report_not_found(const struct service_file *file, const char *name,
                            struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  struct list names = {0};
  for (size_t i = 0; i < file->service_count; i++)
    if (!list_push(&arena, &names, file->services[i]->name))
      return error_memory(err);
  const char *there = strings_join(&arena, list_strings(&names), 30);
  struct where at = {.file = file->file, .key = "services"};
  if (!name) {
    const char *hint = arena_printf(&arena, "choose one with -s: %s", there);
    return error_add_at(err, DAVIT_E_NOT_FOUND, "service.not-found", &at, hint,
                        "there are %zu services, and none is chosen", file->service_count);
  }
  const char *hint = arena_printf(&arena, "services there: %s", there);
  return error_add_at(err, DAVIT_E_NOT_FOUND, "service.not-found", &at, hint,
                      "there is no service \"%s\"", name);
}

int service_find(const struct service_file *file, const char *name, const struct service **service,
                 struct davit_error *err) {
  if (!name && file->service_count == 1) {
    *service = file->services[0];
    return 0;
  }
  for (size_t i = 0; name && i < file->service_count; i++)
    if (strcmp(file->services[i]->name, name) == 0) {
      *service = file->services[i];
      return 0;
    }
  return report_not_found(file, name, err);
}
