/* SPDX-License-Identifier: Apache-2.0 */
/* `resources.gpu`: which GPUs, and how they are shared. What only the vendor's plugin can judge
 * (does it offer the mode, is the directory there) is left to it. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

enum {
  GPUS_MOST = 1024
};

static const char exclusive[] = "exclusive", mps[] = "mps", time_slice[] = "time-slice";

/* A key that is an option of the vendor's plugin. */
struct plugin_key {
  const char *option;
  const char *sharing; /* the mode that it belongs to; NULL: any */
  const char *value;   /* NULL: not given */
  const struct doc_node *node;
};

enum {
  MPS_PIPE_DIR,
  MPS_LOG_DIR,
  MPS_ACTIVE_THREAD_PERCENTAGE,
  MPS_PINNED_MEMORY_LIMIT,
  TIME_SLICE_INDEX,
  TIME_SLICING_CONFIG_PATH,
  DRIVER_CAPABILITIES,
  CU_MASK,
  PLUGIN_KEYS
};

/* While the mapping is read. */
struct gpu_model {
  struct service_gpu gpu;
  struct service_distributed *distributed;
  struct plugin_key keys[PLUGIN_KEYS];
  const struct doc_node *count, *share_most;
  bool wrong_sharing, wrong_devices;
};

static void read_count(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  model->count = value;
  model->gpu.count_at = field_at(reader, value);
  (void)field_u32(reader, value, 1, GPUS_MOST, &model->gpu.count);
}

/* Letters, digits and "_-." between two letters or digits. */
static bool is_vendor_word(const char *text, size_t length) {
  if (length == 0 || length > 63 || !isalnum((unsigned char)text[0]) ||
      !isalnum((unsigned char)text[length - 1]))
    return false;
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)text[i]) && !strchr("_-.", text[i]))
      return false;
  return true;
}

static void read_vendor(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  const char *slash = strchr(text, '/');
  size_t length = slash ? (size_t)(slash - text) : strlen(text);
  if (!is_vendor_word(text, length) || (slash && !is_vendor_word(slash + 1, strlen(slash + 1)))) {
    field_invalid(reader, value,
                  "a vendor, a CDI kind, a PCI vendor id or a kernel driver: nvidia, "
                  "acme.com/npu, 0x1e52, xe",
                  "%s is not a vendor", field_quote(reader, text));
    return;
  }
  /* A CDI kind may have capitals: it is compared as it is. */
  char *lower = arena_strdup(reader->arena, text);
  if (!lower) {
    error_memory(reader->err);
    return;
  }
  for (char *c = lower; !slash && *c; c++)
    *c = (char)tolower((unsigned char)*c);
  if (strcmp(lower, text) == 0)
    (void)field_text_at(reader, value, &model->gpu.vendor);
  else
    field_invalid(reader, value, field_printf(reader, "write \"%s\"", lower),
                  "the vendor %s is not in lower case", field_quote(reader, text));
}

static void check_mode(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *mode;
  if (field_text(reader, value, &mode) && strcmp(mode, "native") != 0)
    field_invalid(reader, value, "write native, or leave the key out",
                  "the mode %s does not exist on Linux", field_quote(reader, mode));
}

static void read_model(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  if (text[0] == '\0')
    field_invalid(reader, value, "a part of the model's name: H100", "the model is empty");
  else
    (void)field_text_at(reader, value, &model->gpu.model);
}

static void check_scheduling(struct reader *reader, const struct doc_node *value,
                             UNUSED void *into) {
  static const char *const policies[] = {"best-effort", "gang", "spread", NULL};
  size_t policy;
  (void)field_choice(reader, value, policies, &policy);
}

static void read_required(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  (void)field_bool(reader, value, &model->gpu.required);
}

static void read_sharing(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const modes[] = {exclusive, mps, time_slice, NULL};
  struct gpu_model *model = into;
  size_t mode;
  model->wrong_sharing = !field_choice(reader, value, modes, &mode) ||
                         !field_text_at(reader, value, &model->gpu.sharing);
}

static bool read_device_id(struct reader *reader, const struct doc_node *value,
                           struct service_text *id, struct map *seen) {
  if (!field_text_at(reader, value, id))
    return false;
  if (id->text[0] != '\0')
    return field_is_first(reader, value, value, id->text, seen);
  field_invalid(reader, value, "an index, a UUID, a PCI address, a CDI device name, or all",
                "the device is empty");
  return false;
}

static void read_gpu_devices(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  if (!field_is_list(reader, value))
    return;
  if (value->count == 0 || value->count > GPUS_MOST) {
    field_invalid(reader, value,
                  field_printf(reader, "1 to %d devices, or leave the key out", GPUS_MOST),
                  "a list of %zu devices", value->count);
    return;
  }
  struct service_text *devices = field_array(reader, value->count, sizeof(*devices));
  struct map seen = {0};
  for (size_t i = 0; devices && i < value->count; i++)
    if (!read_device_id(reader, value->values[i], &devices[i], &seen))
      model->wrong_devices = true;
  model->gpu.devices = devices;
  model->gpu.device_count = value->count;
}

static void take_path(struct reader *reader, const struct doc_node *value, struct plugin_key *key) {
  key->node = value;
  (void)field_path(reader, value, &key->value);
}

static void read_mps_pipe_dir(struct reader *reader, const struct doc_node *value, void *into) {
  take_path(reader, value, &((struct gpu_model *)into)->keys[MPS_PIPE_DIR]);
}

static void read_mps_log_dir(struct reader *reader, const struct doc_node *value, void *into) {
  take_path(reader, value, &((struct gpu_model *)into)->keys[MPS_LOG_DIR]);
}

/* Numbers with a unit or a fraction are the plugin's to judge. */
static void take_text(struct reader *reader, const struct doc_node *value, struct plugin_key *key) {
  key->node = value;
  (void)field_text(reader, value, &key->value);
}

static void read_mps_percentage(struct reader *reader, const struct doc_node *value, void *into) {
  take_text(reader, value, &((struct gpu_model *)into)->keys[MPS_ACTIVE_THREAD_PERCENTAGE]);
}

static void read_mps_memory(struct reader *reader, const struct doc_node *value, void *into) {
  take_text(reader, value, &((struct gpu_model *)into)->keys[MPS_PINNED_MEMORY_LIMIT]);
}

static void read_config_path(struct reader *reader, const struct doc_node *value, void *into) {
  take_path(reader, value, &((struct gpu_model *)into)->keys[TIME_SLICING_CONFIG_PATH]);
}

static void read_index(struct reader *reader, const struct doc_node *value, void *into) {
  struct plugin_key *key = &((struct gpu_model *)into)->keys[TIME_SLICE_INDEX];
  uint32_t index;
  key->node = value;
  if (field_u32(reader, value, 0, GPUS_MOST - 1, &index))
    key->value = field_printf(reader, "%" PRIu32, index);
}

static void read_driver_capabilities(struct reader *reader, const struct doc_node *value,
                                     void *into) {
  static const char *const words[] = {"compute", "utility",  "graphics", "video", "display",
                                      "ngx",     "compat32", "all",      NULL};
  struct plugin_key *key = &((struct gpu_model *)into)->keys[DRIVER_CAPABILITIES];
  if (!field_is_list(reader, value))
    return;
  if (value->count == 0) {
    field_invalid(reader, value, "name one, or leave the key out", "a list of no capabilities");
    return;
  }
  const char *text = "";
  struct map seen = {0};
  for (size_t i = 0; text && i < value->count; i++) {
    const struct doc_node *item = value->values[i];
    size_t word;
    if (field_choice(reader, item, words, &word) &&
        field_is_first(reader, item, item, words[word], &seen))
      text = field_printf(reader, "%s%s%s", text, *text ? "," : "", words[word]);
  }
  key->node = value;
  key->value = text;
}

static void read_cu_mask(struct reader *reader, const struct doc_node *value, void *into) {
  take_text(reader, value, &((struct gpu_model *)into)->keys[CU_MASK]);
}

static void read_memory_limit(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  model->gpu.memory_limit_at = field_at(reader, value);
  (void)field_size(reader, value, &model->gpu.memory_limit);
}

static void read_replicas(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  model->share_most = value;
  (void)field_u32(reader, value, 1, UINT32_MAX, &model->gpu.share_most);
}

static void read_backend(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const names[] = {
      [SERVICE_NCCL] = "nccl", [SERVICE_GLOO] = "gloo", [SERVICE_MPI] = "mpi", NULL};
  struct service_distributed *distributed = into;
  size_t backend;
  if (field_choice(reader, value, names, &backend))
    distributed->backend = (enum service_backend)backend;
}

static void read_master_port(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_distributed *distributed = into;
  uint32_t port;
  if (field_u32(reader, value, 1, UINT16_MAX, &port))
    distributed->master_port = (uint16_t)port;
}

const struct field service_distributed_keys[] = {
    {.key = "backend", .read = read_backend},
    {.key = "master_port", .read = read_master_port},
    {.key = NULL},
};

static void read_distributed(struct reader *reader, const struct doc_node *value, void *into) {
  struct gpu_model *model = into;
  struct service_distributed *distributed = field_array(reader, 1, sizeof(*distributed));
  if (!distributed)
    return;
  *distributed = (struct service_distributed){
      .backend = SERVICE_NCCL, .master_port = 29500, .at = field_at(reader, value)};
  keys_read(reader, value, service_distributed_keys, distributed);
  model->distributed = distributed;
}

const struct field service_gpu_keys[] = {
    {.key = "count", .read = read_count},
    {.key = "devices", .read = read_gpu_devices},
    {.key = "vendor", .read = read_vendor},
    {.key = "model", .read = read_model, .flags = FIELD_OPTIONAL},
    {.key = "mode", .read = check_mode, .flags = FIELD_OPTIONAL},
    {.key = "required", .read = read_required},
    {.key = "scheduling", .read = check_scheduling, .flags = FIELD_OPTIONAL | FIELD_FOREIGN},
    {.key = "distributed", .read = read_distributed, .flags = FIELD_OPTIONAL},
    {.key = "memory_limit", .read = read_memory_limit, .flags = FIELD_OPTIONAL},
    {.key = "sharing", .read = read_sharing, .flags = FIELD_OPTIONAL},
    {.key = "mps_pipe_dir", .read = read_mps_pipe_dir, .flags = FIELD_OPTIONAL},
    {.key = "mps_log_dir", .read = read_mps_log_dir, .flags = FIELD_OPTIONAL},
    {.key = "mps_active_thread_percentage", .read = read_mps_percentage, .flags = FIELD_OPTIONAL},
    {.key = "mps_pinned_memory_limit", .read = read_mps_memory, .flags = FIELD_OPTIONAL},
    {.key = "time_slice_index", .read = read_index, .flags = FIELD_OPTIONAL},
    {.key = "time_slicing_config_path", .read = read_config_path, .flags = FIELD_OPTIONAL},
    {.key = "time_slice_replicas", .read = read_replicas, .flags = FIELD_OPTIONAL},
    {.key = "driver_capabilities", .read = read_driver_capabilities, .flags = FIELD_OPTIONAL},
    {.key = "cu_mask", .read = read_cu_mask, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

/* Whether the list names devices one by one: "all" stands for as many as there are. */
static bool names_all(const struct service_gpu *gpu) {
  for (size_t i = 0; i < gpu->device_count; i++)
    if (strcmp(gpu->devices[i].text, "all") == 0 || text_ends(gpu->devices[i].text, "=all"))
      return true;
  return false;
}

static void check_count(struct reader *reader, struct gpu_model *model) {
  struct service_gpu *gpu = &model->gpu;
  if (!model->count && gpu->device_count == 0)
    gpu->count = 1;
  if (gpu->count == 0 || gpu->device_count == 0 || model->wrong_devices || names_all(gpu))
    return;
  if (gpu->count != gpu->device_count)
    field_invalid(reader, model->count, "leave count out, or make it the length of devices",
                  "%" PRIu32 " GPUs asked, but %zu devices are named", gpu->count,
                  gpu->device_count);
}

/* Keys of one mode are not ignored under another. */
static void check_mode_of(struct reader *reader, const struct doc_node *node, const char *mode,
                          const struct gpu_model *model) {
  if (strcmp(mode, model->gpu.sharing.text) != 0)
    field_invalid(reader, node,
                  field_printf(reader, "write `sharing: %s`, or leave this key out", mode),
                  "this is for sharing %s, but sharing is %s", mode, model->gpu.sharing.text);
}

/* A mode that would do nothing is not taken. */
static void check_sharing(struct reader *reader, const struct doc_node *value,
                          const struct gpu_model *model) {
  bool slices = model->share_most != NULL;
  if (slices)
    check_mode_of(reader, model->share_most, time_slice, model);
  for (size_t i = 0; i < PLUGIN_KEYS; i++) {
    const struct plugin_key *key = &model->keys[i];
    if (!key->node || !key->sharing)
      continue;
    check_mode_of(reader, key->node, key->sharing, model);
    slices = slices || key->sharing == time_slice;
  }
  if (strcmp(model->gpu.sharing.text, time_slice) == 0 && !slices)
    field_invalid(reader, value,
                  "add time_slice_index, time_slicing_config_path or time_slice_replicas",
                  "sharing time-slice without any of its keys does nothing");
}

static void set_options(struct reader *reader, struct gpu_model *model) {
  struct service_gpu_option *options = field_array(reader, PLUGIN_KEYS, sizeof(*options));
  for (size_t i = 0; options && i < PLUGIN_KEYS; i++) {
    const struct plugin_key *key = &model->keys[i];
    if (key->value)
      options[model->gpu.option_count++] = (struct service_gpu_option){
          .key = key->option, .value = key->value, .at = field_at(reader, key->node)};
  }
  model->gpu.options = options;
}

void read_gpu(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  struct gpu_model model = {
      .gpu = {.vendor.text = "nvidia", .sharing.text = exclusive, .required = true},
      .keys = {[MPS_PIPE_DIR] = {"mps-pipe-dir", .sharing = mps},
               [MPS_LOG_DIR] = {"mps-log-dir", .sharing = mps},
               [MPS_ACTIVE_THREAD_PERCENTAGE] = {"mps-active-thread-percentage", .sharing = mps},
               [MPS_PINNED_MEMORY_LIMIT] = {"mps-pinned-memory-limit", .sharing = mps},
               [TIME_SLICE_INDEX] = {"time-slice-index", .sharing = time_slice},
               [TIME_SLICING_CONFIG_PATH] = {"time-slicing-config-path", .sharing = time_slice},
               [DRIVER_CAPABILITIES] = {.option = "driver-capabilities"},
               [CU_MASK] = {.option = "cu-mask"}}};
  keys_read(reader, value, service_gpu_keys, &model);
  if (value->kind != DOC_MAPPING)
    return;
  check_count(reader, &model);
  if (!model.wrong_sharing)
    check_sharing(reader, value, &model);
  set_options(reader, &model);

  struct service_gpu *gpu = field_array(reader, 1, sizeof(*gpu));
  if (!gpu)
    return;
  *gpu = model.gpu;
  gpu->at = field_at(reader, value);
  service->gpu = gpu;
  service->distributed = model.distributed;
}
