/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at each call that a plugin makes of davit in turn: the op says so, and goes no
 * further. The tables are this test's own, so that each of their functions can fail. */
#include <stdarg.h>

#include "host/host.h"
#include "plugin/load.h"
#include "testing.h"
#include "util/list.h"

struct davit {
  struct davit_host api; /* first in each: what the plugin hands back is its address */
  struct files {
    struct davit_files api;
    struct davit *davit;
  } files;
  struct devices {
    struct davit_devices api;
    struct davit *davit;
  } devices;
  struct edits {
    struct davit_edits api;
    struct davit *davit;
  } edits;
  struct findings {
    struct davit_findings api;
    struct davit *davit;
  } findings;
  struct arena arena;
  struct host *host;
  struct davit_error err;
  const struct plugin *plugin;
  const char *option; /* KEY=VALUE for the plugin, or NULL: presets only */
  size_t calls_left;  /* until the one that fails */
  bool failed;        /* it did */
  bool went_on;       /* and the op called again */
  struct list found;  /* devices, whose texts live as long as the arena */
};

/* True: this is the call for which there is no memory. */
static bool is_out(struct davit *davit) {
  davit->went_on = davit->went_on || davit->failed;
  if (davit->calls_left > 0) {
    davit->calls_left--;
    return false;
  }
  davit->failed = true;
  return true;
}

static struct davit *of_files(const struct davit_files *f) {
  return ((const struct files *)f)->davit;
}

static int read_file(const struct davit_files *f, const char *path, const char **data,
                     size_t *size) {
  struct davit *davit = of_files(f);
  size_t unused;
  return is_out(davit) ? DAVIT_E_MEMORY
                       : host_read_file(davit->host, &davit->arena, path, data,
                                        size ? size : &unused, &davit->err);
}

static int list_dir(const struct davit_files *f, const char *path, const char *const **names) {
  struct davit *davit = of_files(f);
  return is_out(davit) ? DAVIT_E_MEMORY
                       : host_list_dir(davit->host, &davit->arena, path, names, &davit->err);
}

static int stat_path(const struct davit_files *f, const char *path, uint32_t flags,
                     struct davit_stat *st) {
  struct davit *davit = of_files(f);
  return is_out(davit) ? DAVIT_E_MEMORY : host_stat(davit->host, path, flags, st, &davit->err);
}

static int read_link(const struct davit_files *f, const char *path, const char **target) {
  struct davit *davit = of_files(f);
  return is_out(davit) ? DAVIT_E_MEMORY
                       : host_read_link(davit->host, &davit->arena, path, target, &davit->err);
}

static int real_path(const struct davit_files *f, const char *path, const char **resolved) {
  struct davit *davit = of_files(f);
  return is_out(davit) ? DAVIT_E_MEMORY
                       : host_real_path(davit->host, &davit->arena, path, resolved, &davit->err);
}

static int read_head(const struct davit_files *f, const char *path, size_t most, const char **data,
                     size_t *size) {
  struct davit *davit = of_files(f);
  return is_out(davit)
             ? DAVIT_E_MEMORY
             : host_read_head(davit->host, &davit->arena, path, most, data, size, &davit->err);
}

/* The same files: what counts here is that the memory may end with the call. */
static int subtree(const struct davit_files *f, const char *dir, const struct davit_files **sub) {
  ck_assert_ptr_nonnull(dir);
  *sub = f;
  return is_out(of_files(f)) ? DAVIT_E_MEMORY : DAVIT_OK;
}

static void *scratch(const struct davit_host *h, size_t size) {
  struct davit *davit = (struct davit *)(uintptr_t)h;
  return is_out(davit) ? NULL : arena_alloc(&davit->arena, size);
}

static char *format_text(const struct davit_host *h, const char *format, ...) PRINTF_LIKE(2, 3);

static char *format_text(const struct davit_host *h, const char *format, ...) {
  struct davit *davit = (struct davit *)(uintptr_t)h;
  va_list args;
  va_start(args, format);
  char *text = is_out(davit) ? NULL : arena_vprintf(&davit->arena, format, args);
  va_end(args);
  return text;
}

static const char *const *option(const struct davit_host *h, const char *key) {
  struct davit *davit = (struct davit *)(uintptr_t)h;
  const char **values = arena_array(&davit->arena, 2, sizeof(*values));
  const struct davit_option *const *declared = davit->plugin->table.options;
  for (; *declared; declared++)
    if (strcmp((*declared)->key, key) == 0)
      values[0] = (*declared)->preset;
  size_t length = strlen(key);
  if (davit->option && strncmp(davit->option, key, length) == 0 && davit->option[length] == '=')
    values[0] = davit->option + length + 1;
  return values;
}

static void log_nothing(const struct davit_host *h UNUSED, uint32_t level UNUSED,
                        const char *key UNUSED, const char *format UNUSED, ...) {
}

static int fail_op(const struct davit_host *h UNUSED, int answer, const char *code,
                   const char *key UNUSED, const char *remedy UNUSED, const char *format UNUSED,
                   ...) {
  ck_assert_ptr_nonnull(code);
  return answer;
}

static int add_device(const struct davit_devices *out, const struct davit_device *device) {
  struct davit *davit = ((const struct devices *)out)->davit;
  if (is_out(davit))
    return DAVIT_E_MEMORY;
  struct davit_device *copy = arena_alloc(&davit->arena, sizeof(*copy));
  *copy = *device;
  ck_assert(list_push(&davit->arena, &davit->found, copy));
  return DAVIT_OK;
}

static int answer_edit(const struct davit_edits *e) {
  return is_out(((const struct edits *)e)->davit) ? DAVIT_E_MEMORY : DAVIT_OK;
}

static void source(const struct davit_edits *e UNUSED, const struct davit_device *device UNUSED,
                   const char *file UNUSED, uint32_t line UNUSED) {
}

static int add_node(const struct davit_edits *e, const struct davit_device_node *node UNUSED) {
  return answer_edit(e);
}

static int add_mount(const struct davit_edits *e, const struct davit_mount *mount UNUSED) {
  return answer_edit(e);
}

static int add_hook(const struct davit_edits *e, const struct davit_hook *hook UNUSED) {
  return answer_edit(e);
}

static int add_file(const struct davit_edits *e, const struct davit_file *file UNUSED) {
  return answer_edit(e);
}

static int set(const struct davit_edits *e, uint32_t what UNUSED, const char *name UNUSED,
               const char *value UNUSED, uint32_t flags UNUSED) {
  return answer_edit(e);
}

static int kernel_module(const struct davit_host *h, const char *name, uint32_t *state) {
  struct davit *davit = (struct davit *)(uintptr_t)h;
  return is_out(davit) ? DAVIT_E_MEMORY : host_kernel_module(davit->host, name, state, &davit->err);
}

static int add_finding(const struct davit_findings *out, const struct davit_finding *finding) {
  ck_assert_ptr_nonnull(finding->text);
  return is_out(((const struct findings *)out)->davit) ? DAVIT_E_MEMORY : DAVIT_OK;
}

static void begin(struct davit *davit, const char *host, const char *name, const char *given) {
  *davit = (struct davit){
      .api = {DAVIT_SIZED(struct davit_host), .files = &davit->files.api, .option = option,
              .scratch = scratch, .format = format_text, .log = log_nothing, .fail = fail_op,
              .kernel_module = kernel_module},
      .files = {{DAVIT_SIZED(struct davit_files), .read_file = read_file, .list_dir = list_dir,
                 .stat_path = stat_path, .read_link = read_link, .real_path = real_path,
                 .subtree = subtree, .read_head = read_head},
                davit},
      .devices = {{DAVIT_SIZED(struct davit_devices), .add = add_device}, davit},
      .edits = {{DAVIT_SIZED(struct davit_edits), .source = source, .add_device_node = add_node,
                 .add_mount = add_mount, .add_hook = add_hook, .set = set, .add_file = add_file},
                davit},
      .findings = {{DAVIT_SIZED(struct davit_findings), .add = add_finding}, davit},
      .option = given,
  };
  const char *dirs[] = {TEST_PLUGINS, NULL};
  const struct plugin_path path = {.dirs = dirs, .allow_untrusted = true};
  const struct plugin_file *file;
  ck_assert_ok(plugin_find(&davit->arena, &path, name, &file, &davit->err), &davit->err);
  ck_assert_ok(plugin_load(&davit->arena, &path, file, &davit->plugin, &davit->err), &davit->err);
  const char *root = arena_printf(&davit->arena, TEST_HOSTS "/%s", host);
  ck_assert_ok(host_open(root, &davit->host, &davit->err), &davit->err);
}

static void end(struct davit *davit) {
  host_close(davit->host);
  error_clear(&davit->err);
  arena_free(&davit->arena);
}

static const char *stale_env(const struct davit_container *c UNUSED, const char *name UNUSED) {
  return "7"; /* an ordinal to warn of */
}

enum op {
  ENUMERATE,
  INJECT,
  SHARE,
  DIAGNOSE
};

/* The host's root stands for that of a container too. */
static int diagnose(struct davit *davit, struct davit_instance *self) {
  static const struct davit_device *const none[] = {NULL};
  const struct davit_container container = {DAVIT_SIZED(struct davit_container), .env = stale_env,
                                            .rootfs = &davit->files.api};
  const struct davit_request request = {DAVIT_SIZED(struct davit_request), .devices = none,
                                        .container = &container, .sharing = "exclusive"};
  return davit->plugin->table.diagnose(self, &request, &davit->findings.api);
}

/* Runs ops up to `op`; only in the last one memory runs out, after `calls` calls. */
static int run(struct davit *davit, enum op op, const char *sharing, size_t calls) {
  const struct davit_plugin *table = &davit->plugin->table;
  const struct davit_query query = {DAVIT_SIZED(struct davit_query)};
  const struct davit_container container = {DAVIT_SIZED(struct davit_container),
                                            .flags = DAVIT_CT_HOOKS | DAVIT_CT_FILES,
                                            .env = stale_env};
  struct davit_instance *self;
  davit->calls_left = op == ENUMERATE || op == DIAGNOSE ? calls : SIZE_MAX;
  ck_assert_int_eq(table->open(&davit->api, &self), DAVIT_OK);
  if (op == DIAGNOSE) {
    int answer = diagnose(davit, self);
    table->close(self);
    return answer;
  }
  int rc = table->enumerate(self, &query, &davit->devices.api);
  if (op != ENUMERATE) {
    ck_assert_int_eq(rc, DAVIT_OK);
    ck_assert_uint_gt(davit->found.count, 0);
    const struct davit_request request = {
        DAVIT_SIZED(struct davit_request), .container = &container, .sharing = sharing,
        .devices = (const struct davit_device *const *)davit->found.items};
    davit->calls_left = calls;
    rc = op == INJECT ? table->inject(self, &request, &davit->edits.api)
                      : table->share(self, &request, &davit->edits.api);
  }
  table->close(self);
  return rc;
}

static const struct {
  const char *host, *plugin;
  enum op op;
  const char *sharing, *option;
  size_t least; /* calls that the op makes at least, for the test to mean something */
} cases[] = {
    {"nvidia-2", "nvidia", ENUMERATE, NULL, NULL, 40},
    {"nvidia-mig", "nvidia", ENUMERATE, NULL, NULL, 40},
    {"nvidia-vfio-no-uvm", "nvidia", ENUMERATE, NULL, NULL, 30},
    {"nvidia-2", "nvidia", INJECT, "exclusive", NULL, 10},
    {"nvidia-2", "nvidia", SHARE, "time-slice", "time-slice-index=0", 2},
    {"nvidia-2", "nvidia", SHARE, "time-slice", "time-slicing-config-path=/proc/devices", 2},
    {"nvidia-2", "nvidia", SHARE, "mps", "mps-pipe-dir=/dev", 4},
    {"nvidia-2", "nvidia", SHARE, "mps", "mps-pipe-dir=/none", 2},
    {"nvidia-mps", "nvidia", SHARE, "mps", "mps-pinned-memory-limit=4G", 20},
    {"nvidia-mps", "nvidia", SHARE, "mps", "mps-pinned-memory-limit=0=4G", 20},
    {"nvidia-files", "nvidia", INJECT, "exclusive", NULL, 50},
    {"nvidia-libraries", "nvidia", INJECT, "exclusive", "driver-capabilities=all", 300},
    {"nvidia-libraries", "nvidia", INJECT, "exclusive", "hooks=on", 150},
    {"nvidia-libraries", "nvidia", INJECT, "exclusive", "firmware=on", 100},
    {"nvidia-mismatch", "nvidia", INJECT, "exclusive", "driver-files=require", 50},
    {"nvidia-driver-root", "nvidia", INJECT, "exclusive", "driver-root=/run/nvidia/driver", 50},
    {"nvidia-fabric", "nvidia", INJECT, "exclusive", "nvswitch=on", 30},
    {"nvidia-fabric", "nvidia", INJECT, "exclusive", "imex-channels=0,3", 20},
    {"nvidia-fabric", "nvidia", INJECT, "exclusive", "gds=on", 20},
    {"nvidia-fabric", "nvidia", INJECT, "exclusive", "rdma=on", 20},
    {"nvidia-fabric", "nvidia", INJECT, "exclusive", "mig-config=on", 20},
    {"wsl", "nvidia", ENUMERATE, NULL, NULL, 5},
    {"wsl", "nvidia", INJECT, "exclusive", NULL, 4},
    {"tegra", "nvidia", ENUMERATE, NULL, NULL, 5},
    {"amd-mi300-cpx", "amd", ENUMERATE, NULL, NULL, 60},
    {"amd-2", "amd", ENUMERATE, NULL, NULL, 40},
    {"amd-2", "amd", INJECT, "exclusive", NULL, 6},
    {"intel-2", "intel", ENUMERATE, NULL, NULL, 30},
    {"intel-2", "intel", INJECT, "exclusive", NULL, 6},
    {"acme-npu", "drm", ENUMERATE, NULL, NULL, 20},
    {"acme-npu", "drm", INJECT, "exclusive", "card=on", 4},
    {"nvidia-2", "nvidia", DIAGNOSE, NULL, NULL, 60},
    {"nvidia-8", "nvidia", DIAGNOSE, NULL, NULL, 100},
    {"nvidia-mig", "nvidia", DIAGNOSE, NULL, NULL, 60},
    {"nvidia-mps", "nvidia", DIAGNOSE, NULL, "mps-pipe-dir=/proc/driver", 40},
    {"nvidia-files", "nvidia", DIAGNOSE, NULL, NULL, 50},
    {"nvidia-vfio-no-uvm", "nvidia", DIAGNOSE, NULL, NULL, 40},
    {"amd-mi300-cpx", "amd", DIAGNOSE, NULL, NULL, 60},
    {"rootless", "amd", DIAGNOSE, NULL, NULL, 40},
    {"intel-2", "intel", DIAGNOSE, NULL, NULL, 40},
    {"acme-npu", "drm", DIAGNOSE, NULL, NULL, 30},
    {"nvidia-2", "drm", DIAGNOSE, NULL, NULL, 30},
};

START_TEST(an_op_ends_with_the_memory) {
  for (size_t calls = 0;; calls++) {
    struct davit davit;
    begin(&davit, cases[_i].host, cases[_i].plugin, cases[_i].option);
    int rc = run(&davit, cases[_i].op, cases[_i].sharing, calls);
    bool failed = davit.failed, went_on = davit.went_on;
    end(&davit);
    if (!failed) {
      ck_assert_uint_ge(calls, cases[_i].least);
      ck_assert_int_ne(rc, DAVIT_E_MEMORY);
      return;
    }
    ck_assert_msg(rc == DAVIT_E_MEMORY, "call %zu: answer %d", calls, rc);
    ck_assert_msg(!went_on, "call %zu: the op went on", calls);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins without memory");
  TCase *memory = tcase_create("memory");
  tcase_add_loop_test(memory, an_op_ends_with_the_memory, 0, (int)ARRAY_LEN(cases));
  suite_add_tcase(suite, memory);
  return run_suite(suite);
}
