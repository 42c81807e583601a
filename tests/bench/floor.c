/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a program with davit's means costs: floor SPEC PLUGIN... links libyaml and cJSON,
 * opens the plugins, parses the spec and prints a config of 80 mounts. It checks nothing and knows
 * nothing. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <yaml.h>

enum {
  MOUNTS = 80
};

static size_t count_events(const char *path) {
  FILE *file = fopen(path, "re");
  yaml_parser_t parser;
  yaml_event_t event;
  size_t events = 0;
  if (!file || !yaml_parser_initialize(&parser))
    return 0;
  yaml_parser_set_input_file(&parser, file);
  for (int ended = 0; !ended && yaml_parser_parse(&parser, &event); events++) {
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  fclose(file);
  return events;
}

static void print_mounts(void) {
  static const char *const options[] = {"ro", "nosuid", "nodev", "rbind", "rprivate"};
  cJSON *root = cJSON_CreateObject();
  cJSON *mounts = cJSON_AddArrayToObject(root, "mounts");
  for (int i = 0; i < MOUNTS; i++) {
    char path[64];
    snprintf(path, sizeof(path), "/usr/lib/x86_64-linux-gnu/libnvidia-%d.so.580.95.05", i);
    cJSON *mount = cJSON_CreateObject();
    cJSON_AddItemToArray(mounts, mount);
    cJSON_AddStringToObject(mount, "destination", path);
    cJSON_AddStringToObject(mount, "type", "bind");
    cJSON_AddStringToObject(mount, "source", path);
    cJSON_AddItemToObject(mount, "options", cJSON_CreateStringArray(options, 5));
  }
  char *text = cJSON_Print(root);
  puts(text ? text : "");
  free(text);
  cJSON_Delete(root);
}

int main(int argc, char **argv) {
  for (int i = 2; i < argc; i++)
    if (!dlopen(argv[i], RTLD_NOW | RTLD_LOCAL)) {
      fprintf(stderr, "%s\n", dlerror());
      return EXIT_FAILURE;
    }
  if (argc < 2 || count_events(argv[1]) < 100)
    return EXIT_FAILURE;
  print_mounts();
  return EXIT_SUCCESS;
}
