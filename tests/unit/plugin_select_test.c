/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing devices from an inventory. */
#include "testing.h"

#include "plugin/match.h"
#include "plugin/select.h"

/* A server as a vendor's plugin sees it: three GPUs that can be given, one that a virtual machine
 * has, one that is cut into two instances of which one has no node. */
static const struct davit_device *const *server(void) {
  static const struct davit_device *devices[8];
  if (devices[0])
    return devices;
  static const char *const one_one[] = {"3:0", "gi-one", NULL};
  static const struct davit_device own[] = {
      {.id = "0",
       .index = 0,
       .uuid = "GPU-aaaaaaaa-0000-0000-0000-000000000001",
       .pci_address = "0000:17:00.0",
       .model = "NVIDIA H200"},
      {.id = "1",
       .index = 1,
       .uuid = "GPU-aaaaaaaa-bbbb-0000-0000-000000000002",
       .pci_address = "0000:65:00.0",
       .model = "NVIDIA A100"},
      {.id = "vm",
       .index = 2,
       .pci_address = "0000:b1:00.0",
       .model = "NVIDIA H200",
       .unusable = "bound to vfio-pci"},
      {.id = "3",
       .index = 3,
       .uuid = "GPU-cccccccc-0000-0000-0000-000000000003",
       .pci_address = "0001:03:00.0",
       .model = "NVIDIA H100",
       .flags = DAVIT_DEVICE_GROUP},
      {.id = "3:0",
       .uuid = "MIG-dddddddd-0000-0000-0000-000000000004",
       .aliases = one_one,
       .pci_address = "0001:03:00.0",
       .parent = "3",
       .profile = "1g.10gb"},
      {.id = "3:1",
       .uuid = "MIG-dddddddd-1111-0000-0000-000000000005",
       .pci_address = "0001:03:00.0",
       .parent = "3",
       .profile = "2g.20gb",
       .unusable = "/dev/nvidia-caps/nvidia-cap22 is not there"},
      {.id = "5", .index = 5, .pci_address = "10000:e1:00.0"},
  };
  static struct davit_device filled[ARRAY_LEN(own)];
  for (size_t i = 0; i < ARRAY_LEN(own); i++) {
    filled[i] = own[i];
    filled[i].struct_size = sizeof(filled[i]);
    filled[i].kind = "nvidia.com/gpu";
    if (!filled[i].parent)
      filled[i].flags |= DAVIT_DEVICE_INDEX;
    devices[i] = &filled[i];
  }
  return devices;
}

/* The same as CDI: names only; "all" and the UUIDs are other names. */
static const struct davit_device *const *specs(void) {
  static const char *const node0[] = {"/dev/nvidia0", NULL},
                           *const node1[] = {"/dev/nvidia1", NULL},
                           *const both[] = {"/dev/nvidia0", "/dev/nvidia1", NULL},
                           *const part[] = {"/dev/nvidia2", "/dev/nvidia-caps/nvidia-cap1", NULL};
  static const struct davit_device own[] = {
      {.struct_size = sizeof(own[0]), .id = "0", .kind = "nvidia.com/gpu", .nodes = node0},
      {.struct_size = sizeof(own[0]), .id = "0:1", .kind = "nvidia.com/gpu", .nodes = part},
      {.struct_size = sizeof(own[0]), .id = "1", .kind = "nvidia.com/gpu", .nodes = node1},
      {.struct_size = sizeof(own[0]),
       .id = "GPU-1",
       .kind = "nvidia.com/gpu",
       .nodes = node1,
       .flags = DAVIT_DEVICE_ALIAS},
      {.struct_size = sizeof(own[0]),
       .id = "all",
       .kind = "nvidia.com/gpu",
       .nodes = both,
       .flags = DAVIT_DEVICE_ALIAS},
      {.struct_size = sizeof(own[0]), .id = "0", .kind = "nvidia.com/gds"},
  };
  static const struct davit_device *const devices[] = {&own[0], &own[1], &own[2], &own[3],
                                                       &own[4], &own[5], NULL};
  return devices;
}

static const struct davit_device *const *nothing(void) {
  return NULL;
}

enum {
  MOST_NAMES = 4
};

struct choice {
  const struct davit_device *const *(*host)(void);
  uint32_t count;
  const char *names[MOST_NAMES + 1];
  const char *model;
  /* Expected: ids joined by blanks, or answer, code, what the text says and what the hint says. */
  const char *chosen;
  int answer;
  const char *code, *text, *hint;
};

static int run(struct arena *arena, const struct choice *choice, const char **chosen,
               struct davit_error *err) {
  struct request_text names[MOST_NAMES] = {0};
  struct device_request request = {.count = choice->count,
                                   .count_at = {"a.yaml", 7, 16, "gpu.count"},
                                   .at = {"a.yaml", 5, 9, "gpu"},
                                   .model = {.text = choice->model},
                                   .devices = names};
  for (; choice->names[request.device_count]; request.device_count++)
    names[request.device_count] =
        (struct request_text){.text = choice->names[request.device_count],
                              .at = {"a.yaml", 9, 3, "gpu.devices"},
                              .is_pattern = text_is_pattern(choice->names[request.device_count])};
  struct inventory inventory = {.devices = choice->host()};
  while (inventory.devices && inventory.devices[inventory.count])
    inventory.count++;
  const struct davit_device *const *devices = NULL;
  int answer = select_devices(arena, &inventory, &request, &devices, err);
  if (answer < 0) {
    ck_assert_ptr_null(devices);
    return answer;
  }
  *chosen = "";
  for (; *devices; devices++)
    *chosen = arena_printf(arena, "%s%s%s", *chosen, **chosen ? " " : "", (*devices)->id);
  return answer;
}

static const struct choice good[] = {
    /* Counting: what is unusable is skipped, a group counts as its parts. */
    {server, .count = 1, .chosen = "0"},
    {server, .count = 0, .chosen = "0"},
    {server, .count = 4, .chosen = "0 1 3:0 5"},
    {server, .count = 1, .model = "a100", .chosen = "1"},
    {server, .count = 1, .model = "h100", .chosen = "3:0"}, /* a part is of its whole's model */
    /* CDI: "0" and "1" wherever they stand; else the first, without other names. */
    {specs, .count = 2, .chosen = "0 1"},
    {specs, .count = 4, .chosen = "0 0:1 1 0"},
    /* Every spelling. */
    {server, .names = {"1"}, .chosen = "1"},
    {server, .names = {"5", "0"}, .chosen = "5 0"},
    {server, .names = {"GPU-aaaaaaaa-bbbb-0000-0000-000000000002"}, .chosen = "1"},
    {server, .names = {"gpu-AAAAAAAA-BBBB-0000-0000-000000000002"}, .chosen = "1"},
    {server, .names = {"GPU-aaaaaaaa-b"}, .chosen = "1"},
    {server, .names = {"0000:65:00.0"}, .chosen = "1"},
    {server, .names = {"00000000:65:00.0"}, .chosen = "1"},
    {server, .names = {"65:00.0"}, .chosen = "1"},
    {server, .names = {"10000:E1:00.0"}, .chosen = "5"},
    {server, .names = {"nvidia.com/gpu=1"}, .chosen = "1"},
    {server, .names = {"nvidia.com/gpu=gi-one"}, .chosen = "3:0"},
    {server, .names = {"gi-one"}, .chosen = "3:0"},
    {server, .names = {"MIG-dddddddd-0000-0000-0000-000000000004"}, .chosen = "3:0"},
    {server, .names = {"all"}, .chosen = "0 1 3:0 5"},
    {server, .names = {"all"}, .model = "H", .chosen = "0 3:0"},
    /* A group by any of its names is its usable parts. */
    {server, .names = {"3"}, .chosen = "3:0"},
    {server, .names = {"0001:03:00.0"}, .chosen = "3:0"},
    {server, .names = {"GPU-cccccccc"}, .chosen = "3:0"},
    {server, .count = 2, .names = {"0", "1"}, .chosen = "0 1"},
    /* In CDI names are the file's: the alias itself is what was asked. */
    {specs, .names = {"nvidia.com/gpu=0"}, .chosen = "0"},
    {specs, .names = {"GPU-1"}, .chosen = "GPU-1"},
    {specs, .names = {"all"}, .chosen = "all"},
    {specs, .count = 2, .names = {"all"}, .chosen = "all"},
    /* A pattern is over full names, and no "*" stands for a "/". What is unusable is skipped. */
    {server, .names = {"nvidia.com/gpu=*"}, .chosen = "0 1 3:0 5"},
    {server, .names = {"nvidia.com/*"}, .chosen = "0 1 3:0 5"},
    {server, .names = {"nvidia.com/gpu=[01]"}, .chosen = "0 1"},
    {server, .names = {"nvidia.com/gpu=?:*"}, .chosen = "3:0"},
    {server, .names = {"*/gpu=0"}, .chosen = "0"},
    {server, .names = {"nvidia.com/gpu=[3]"}, .chosen = "3:0"},
    {specs, .names = {"*/*=0"}, .chosen = "0 0"},
    /* Other names of devices count where nothing else fits. */
    {specs, .names = {"nvidia.com/gpu=*"}, .chosen = "0 0:1 1"},
    {specs, .names = {"nvidia.com/gpu=GPU*"}, .chosen = "GPU-1"},
    {specs, .names = {"nvidia.com/gpu=[a]*"}, .chosen = "all"},
    /* Patterns add to what is named, in either order. */
    {server, .names = {"nvidia.com/gpu=1", "nvidia.com/gpu=*"}, .chosen = "1 0 3:0 5"},
    {server, .names = {"nvidia.com/gpu=*", "5"}, .chosen = "0 1 3:0 5"},
    {server, .names = {"nvidia.com/gpu=[01]", "nvidia.com/gpu=[15]"}, .chosen = "0 1 5"},
    {specs, .names = {"all", "nvidia.com/gpu=*"}, .chosen = "all 0:1"},
};

START_TEST(chooses) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const char *chosen = NULL;
  ck_assert_ok(run(&arena, &good[_i], &chosen, &err), &err);
  ck_assert_str_eq(chosen, good[_i].chosen);
}
END_TEST

static const struct choice bad[] = {
    {server, .count = 6, .answer = DAVIT_E_INVALID, .code = "gpu.too-few",
     .text = "6 GPUs asked, this host has 4 (0000:17:00.0, 0000:65:00.0, 3:0, 10000:e1:00.0); "
             "0000:b1:00.0 does not count: bound to vfio-pci, 3:1 does not count: "
             "/dev/nvidia-caps/nvidia-cap22 is not there",
     .hint = "lower the count, or see `davit devices`"},
    {server, .count = 2, .model = "A100", .answer = DAVIT_E_INVALID, .code = "gpu.too-few",
     .text =
         "2 GPUs of model \"A100\" asked, this host has 1 (0000:65:00.0); 0000:17:00.0 does not "
         "count: is NVIDIA H200, not the model \"A100\" asked",
     .hint = "lower the count"},
    {server, .count = 1, .model = "B200", .answer = DAVIT_E_NOT_FOUND, .code = "gpu.too-few",
     .text = "1 GPU of model \"B200\" asked, this host has none; ", .hint = "davit devices"},
    {nothing, .count = 1, .answer = DAVIT_E_NOT_FOUND, .code = "gpu.too-few",
     .text = "1 GPU asked, this host has none", .hint = "davit devices"},
    {nothing, .names = {"all"}, .answer = DAVIT_E_NOT_FOUND, .code = "gpu.too-few",
     .text = "this host has none", .hint = "davit devices"},
    {nothing, .names = {"0"}, .answer = DAVIT_E_NOT_FOUND, .code = "gpu.not-found",
     .text = "no device \"0\": this host has none", .hint = "davit devices"},
    {server, .names = {"9"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"9\": this host has 0000:17:00.0, 0000:65:00.0, ",
     .hint = "davit devices"},
    {server, .names = {"0000:17:00.1"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"0000:17:00.1\"", .hint = "\"0000:17:00.0\""},
    {server, .names = {"GPU-aaaaaaa"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"GPU-aaaaaaa\"", .hint = "davit devices"}, /* seven digits */
    {server, .names = {"nvidia.com/mig=0"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"nvidia.com/mig=0\"", .hint = "nvidia.com/gpu=0"},
    {server, .names = {""}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"\"", .hint = "davit devices"},
    {server, .names = {"2"}, .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "device \"2\", 0000:b1:00.0 (NVIDIA H200), can not be given: bound to vfio-pci",
     .hint = "davit devices"},
    {server, .names = {"3:1"}, .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "device \"3:1\", 3:1 (2g.20gb), can not be given: /dev/nvidia-caps/nvidia-cap22",
     .hint = "davit devices"},
    {server, .names = {"nvidia.com/gpu=v*"}, .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "device \"nvidia.com/gpu=v*\", 0000:b1:00.0 (NVIDIA H200), can not be given: bound to "
             "vfio-pci",
     .hint = "davit devices"},
    {server, .names = {"*=0"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"*=0\"", .hint = "davit devices"},
    {server, .names = {"nvidia.com/gpu=0[19]"}, .answer = DAVIT_E_INVALID, .code = "gpu.not-found",
     .text = "no device \"nvidia.com/gpu=0[19]\": this host has 0000:17:00.0, ",
     .hint = "\"nvidia.com/gpu=0\""},
    {server, .names = {"0"}, .model = "A100", .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "is NVIDIA H200, not the model \"A100\" asked", .hint = "davit devices"},
    {server, .names = {"5"}, .model = "A100", .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "its model is not known, \"A100\" is asked", .hint = "davit devices"},
    {server, .names = {"3"}, .model = "A100", .answer = DAVIT_E_INVALID, .code = "gpu.unusable",
     .text = "none of its parts is usable", .hint = "davit devices"},
    {server, .names = {"GPU-aaaaaaaa"}, .answer = DAVIT_E_INVALID, .code = "gpu.ambiguous",
     .text = "device \"GPU-aaaaaaaa\" may be any of nvidia.com/gpu=0, nvidia.com/gpu=1",
     .hint = "in full"},
    {specs, .names = {"0"}, .answer = DAVIT_E_INVALID, .code = "gpu.ambiguous",
     .text = "nvidia.com/gpu=0, nvidia.com/gds=0", .hint = "in full"},
    {server, .names = {"1", "65:00.0"}, .answer = DAVIT_E_INVALID, .code = "gpu.duplicate",
     .text = "\"1\" and \"65:00.0\" are the same device, 0000:65:00.0 (NVIDIA A100)",
     .hint = "once"},
    {server, .names = {"3:0", "3"}, .answer = DAVIT_E_INVALID, .code = "gpu.duplicate",
     .text = "\"3:0\" and \"3\" are the same device, 3:0 (1g.10gb)", .hint = "once"},
    {server, .names = {"0", "all"}, .answer = DAVIT_E_INVALID, .code = "gpu.duplicate",
     .text = "\"0\" and \"all\" are the same device", .hint = "once"},
    {specs, .names = {"1", "GPU-1"}, .answer = DAVIT_E_INVALID, .code = "gpu.duplicate",
     .text = "\"1\" and \"GPU-1\" are the same device", .hint = "once"},
    {specs, .names = {"all", "1"}, .answer = DAVIT_E_INVALID, .code = "gpu.duplicate",
     .text = "\"all\" and \"1\" are the same device", .hint = "once"},
    {server, .count = 3, .names = {"0", "1"}, .answer = DAVIT_E_INVALID, .code = "gpu.count",
     .text = "count is 3, but the devices named are 2", .hint = "leave count out"},
    {specs, .count = 3, .names = {"all"}, .answer = DAVIT_E_INVALID, .code = "gpu.count",
     .text = "count is 3, but the devices named are 2", .hint = "leave count out"},
};

START_TEST(refuses) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const char *chosen = NULL;
  ck_assert_int_eq(run(&arena, &bad[_i], &chosen, &err), bad[_i].answer);
  ck_assert_uint_eq(err.count, 1);
  ck_assert_str_eq(err.first->code, bad[_i].code);
  ck_assert_contains(err.first->text, bad[_i].text);
  ck_assert_contains(err.first->hint, bad[_i].hint);
  bool is_of_count =
      bad[_i].count > 0 && (!bad[_i].names[0] || strcmp(bad[_i].code, "gpu.count") == 0);
  const char *key = is_of_count ? "gpu.count" : "gpu.devices";
  if (strcmp(bad[_i].code, "gpu.too-few") == 0 && !is_of_count)
    key = "gpu";
  ck_assert_str_eq(err.first->at.key, key);
  ck_assert_str_eq(err.first->at.file, "a.yaml");
}
END_TEST

START_TEST(tells_every_mistake_at_once) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  const struct choice choice = {server, .names = {"9", "2", "0"}};
  const char *chosen = NULL;
  ck_assert_int_eq(run(&arena, &choice, &chosen, &err), DAVIT_E_INVALID);
  ck_assert_uint_eq(err.count, 2);
  ck_assert_error(&err, "gpu.not-found", "\"9\"");
  ck_assert_error(&err, "gpu.unusable", "\"2\"");
}
END_TEST

static const struct {
  const char *name;
  bool is_qualified;
} names[] = {
    {"nvidia.com/gpu=0", true}, {"acme.com/npu=a:b=c", true}, {"0", false},    {"=0", false},
    {"/gpu=0", false},          {"nvidia.com/=0", false},     {"a/b=", false}, {"a=b/c", false},
    {"nvidia.com/gpu", false},  {"0000:17:00.0", false},      {"", false},
};

START_TEST(tells_qualified_names) {
  ck_assert_msg(name_is_qualified(names[_i].name) == names[_i].is_qualified, "%s", names[_i].name);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugin/select");
  TCase *tests = tcase_create("select");
  tcase_add_loop_test(tests, chooses, 0, ARRAY_LEN(good));
  tcase_add_loop_test(tests, refuses, 0, ARRAY_LEN(bad));
  tcase_add_test(tests, tells_every_mistake_at_once);
  tcase_add_loop_test(tests, tells_qualified_names, 0, ARRAY_LEN(names));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
