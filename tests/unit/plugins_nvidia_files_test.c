/* SPDX-License-Identifier: Apache-2.0 */
/* The files of NVIDIA's driver in a container: which, in which way, and why others are not. Whole
 * configs are in tests/golden/driver-*. */
#include "plugin_rig.h"

#define LIBS        "/usr/lib/x86_64-linux-gnu"
#define PRIVATE_DIR "/usr/lib/davit/nvidia"

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

/* The edits for GPU 0 of a fixture host; NULL: refused. */
static const char *give(const char *host, const char *const *options) {
  rig_open_at(&rig, arena_printf(&rig.arena, "%s/%s", TEST_HOSTS, host), "nvidia", options);
  rig_enumerate(&rig, "nvidia");
  return rig_inject(&rig, "0");
}

/* A host of the test's own, with one GPU. */
static void put_gpu(void) {
  put(&rig, "/proc/driver/nvidia/version", "NVRM version: x86_64  580.95.05  Release\n");
  put_pci(&rig, "0000:1b:00.0", "0x10de", "0x030200", "nvidia");
  put(&rig, "/proc/driver/nvidia/gpus/0000:1b:00.0/information", "Device Minor: 0\n");
  put_node(&rig, "/dev/nvidia0", "195:0");
  put_node(&rig, "/dev/nvidiactl", "195:255");
  put_node(&rig, "/dev/nvidia-uvm", "511:0");
}

static const char *give_own(const char *const *options) {
  rig_open(&rig, "nvidia", options);
  rig_enumerate(&rig, "nvidia");
  return rig_inject(&rig, "0");
}

#define GIVE(host, ...) give(host, (const char *const[]){__VA_ARGS__, NULL})

static void check_has(const char *edits, const char *part) {
  ck_assert_msg(edits != NULL, "no edits, but: %s", error_text(&rig.err));
  ck_assert_msg(strstr(edits, part), "\"%s\" is not in:\n%s", part, edits);
}

static void check_lacks(const char *edits, const char *part) {
  ck_assert_msg(edits != NULL, "no edits, but: %s", error_text(&rig.err));
  ck_assert_msg(!strstr(edits, part), "\"%s\" is in:\n%s", part, edits);
}

/* ---- what is asked for ---------------------------------------------------------------------- */

static const char GLX[] = "libGLX_nvidia.so.0", ENCODE[] = "libnvidia-encode.so.1",
                  CUDA[] = "/libcuda.so.1 ", NVML[] = "/libnvidia-ml.so.1 ",
                  NGX[] = "libnvidia-ngx", CUDA_32[] = "/32/libcuda.so.1",
                  RENDER[] = "node /dev/dri/renderD128", X[] = "nvidia_drv.so";

static const struct {
  const char *words;
  const char *has[4], *lacks[8];
} capabilities[] = {
    {"compute", {CUDA}, {NVML, GLX, ENCODE, NGX, CUDA_32, RENDER, X}},
    {"utility", {NVML, "/usr/bin/nvidia-smi"}, {CUDA, GLX, ENCODE, NGX, CUDA_32, RENDER, X}},
    {"video", {ENCODE, CUDA}, {NVML, GLX, NGX, CUDA_32, RENDER, X}},
    {"graphics", {GLX, RENDER}, {CUDA, NVML, ENCODE, NGX, CUDA_32, X}},
    {"display", {GLX, RENDER, X}, {CUDA, NVML, ENCODE, NGX, CUDA_32}},
    {"ngx", {NGX}, {CUDA, NVML, GLX, ENCODE, CUDA_32, RENDER, X}},
    {"compute,compat32", {CUDA, CUDA_32}, {NVML, GLX, ENCODE, NGX, RENDER, X}},
};

START_TEST(a_capability_brings_its_files) {
  const char *option = arena_printf(&rig.arena, "driver-capabilities=%s", capabilities[_i].words);
  const char *edits = GIVE("nvidia-libraries", option);
  for (size_t i = 0; i < ARRAY_LEN(capabilities[_i].has) && capabilities[_i].has[i]; i++)
    check_has(edits, capabilities[_i].has[i]);
  for (size_t i = 0; i < ARRAY_LEN(capabilities[_i].lacks) && capabilities[_i].lacks[i]; i++)
    check_lacks(edits, capabilities[_i].lacks[i]);
}
END_TEST

START_TEST(an_unknown_capability_is_refused) {
  ck_assert_ptr_null(GIVE("nvidia-libraries", "driver-capabilities=compute,vulkan"));
  ck_assert_error(&rig.err, "plugin.option", "\"vulkan\" is not a driver capability");
}
END_TEST

START_TEST(the_image_may_ask) {
  static const char *const env[] = {"NVIDIA_DRIVER_CAPABILITIES", "video,holography", NULL};
  rig.env = env;
  const char *edits = give("nvidia-libraries", NULL);
  check_has(edits, ENCODE);
  check_lacks(edits, NVML);
  ck_assert_str_eq(rig.warnings, "plugin nvidia: NVIDIA_DRIVER_CAPABILITIES of the container has "
                                 "\"holography\", which is not compute, utility, graphics, video, "
                                 "display, ngx, compat32 or all: it is left out\n");
}
END_TEST

START_TEST(the_service_asks_before_the_image) {
  static const char *const env[] = {"NVIDIA_DRIVER_CAPABILITIES", "all", NULL};
  rig.env = env;
  check_lacks(GIVE("nvidia-libraries", "driver-capabilities=compute"), GLX);
}
END_TEST

START_TEST(an_empty_variable_is_none) {
  static const char *const env[] = {"NVIDIA_DRIVER_CAPABILITIES", "", NULL};
  rig.env = env;
  const char *edits = give("nvidia-libraries", NULL);
  check_has(edits, CUDA);
  check_has(edits, NVML);
}
END_TEST

/* As the vendor's tool: for containers of any kind, and no 32-bit programs. */
START_TEST(a_generated_spec_has_all_but_32_bits) {
  (void)give("nvidia-libraries", NULL);
  const char *edits = rig_edits(&rig, RIG_INJECT, "0", "exclusive", DAVIT_REQUEST_GENERATE);
  check_has(edits, CUDA);
  check_has(edits, NVML);
  check_has(edits, X);
  check_has(edits, "0: node /dev/dri/renderD128");
  check_has(edits, "*: env NVIDIA_VISIBLE_DEVICES=void");
  check_lacks(edits, "/32/");
  check_lacks(edits, "file "); /* depends on the GPUs that are chosen together */
}
END_TEST

/* ---- what is left out ----------------------------------------------------------------------- */

START_TEST(each_file_that_is_left_out_has_its_reason) {
  static const char *const left_out[] = {
      LIBS "/libcuda.so.570.86.10 is left out: it is of version 570.86.10, the running driver of "
           "580.95.05\n",
      LIBS "/libnvidia-ml.so.570.86.10 is left out: it is of version 570.86.10,",
      LIBS "/libnvidia-glsi.so.580.95.05 is left out: it is for another machine (32 bits, ELF "
           "machine 3)\n",
      LIBS "/libnvidia-tls.so.580.95.05 is left out: it is empty\n",
      LIBS "/libnvidia-tileiras.so.580.95.05 is left out: it is no ELF file\n",
      LIBS "/libnvidia-fbc.so.580.95.05 is left out: it is a link that leads nowhere below the "
           "driver's root, or in a circle\n",
      LIBS "/libnvidia-cfg.so.580.95.05 is left out: it is a link that leads nowhere below",
      "/usr/lib/libcuda.so.580.95.05 is left out: " LIBS "/libcuda.so.580.95.05 is used\n",
      "/usr/bin/nvidia-debugdump is left out: it is empty\n",
  };
  const char *edits = GIVE("nvidia-libraries", "driver-capabilities=all");
  for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
    const char *name =
        strrchr(arena_strndup(&rig.arena, left_out[i], strcspn(left_out[i], " ")), '/');
    check_has(rig.infos, arena_printf(&rig.arena, "plugin nvidia: driver file %s", left_out[i]));
    if (!strstr(name, "libcuda.so.580"))
      check_lacks(edits, name + 1);
  }
  check_lacks(edits, "libz");
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(what_only_the_cache_knows_is_found) {
  check_has(GIVE("nvidia-libraries", "driver-capabilities=ngx"),
            "*: mount /opt/nvidia/lib/libnvidia-ngx.so.580.95.05 at " PRIVATE_DIR
            "/libnvidia-ngx.so.1 as preset\n");
}
END_TEST

START_TEST(a_broken_cache_is_told_of) {
  put(&rig, "/etc/ld.so.cache", "no cache");
  put_gpu();
  ck_assert_ptr_nonnull(give_own(NULL));
  check_has(rig.infos, "/etc/ld.so.cache is no cache of the dynamic loader\n");
}
END_TEST

/* ---- when there are none -------------------------------------------------------------------- */

START_TEST(missing_files_are_a_warning) {
  const char *edits = give("nvidia-2", NULL);
  check_lacks(edits, "mount");
  ck_assert_str_eq(rig.warnings,
                   "plugin nvidia: no file of the NVIDIA driver 580.95.05 is found; name their "
                   "directory with nvidia:driver-root, or set nvidia:driver-files=off if the image "
                   "has them\n");
}
END_TEST

START_TEST(missing_files_may_be_an_error) {
  ck_assert_ptr_null(GIVE("nvidia-2", "driver-files=require"));
  ck_assert_error(&rig.err, "nvidia.files-missing", "no file of the NVIDIA driver 580.95.05");
}
END_TEST

START_TEST(files_may_be_left_out) {
  const char *edits = GIVE("nvidia-files", "driver-files=off");
  check_lacks(edits, "mount");
  check_lacks(edits, "LD_LIBRARY_PATH");
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(files_of_another_version_are_named) {
  ck_assert_ptr_null(GIVE("nvidia-mismatch", "driver-files=require"));
  ck_assert_error(&rig.err, "nvidia.files-missing",
                  "the running NVIDIA driver is 580.95.05, but this host's files of it are "
                  "580.105.08");
  ck_assert_error(&rig.err, "nvidia.files-missing", "load the modules of version 580.105.08");
}
END_TEST

START_TEST(a_part_that_is_missing_is_an_error_too) {
  put_gpu();
  tree_file_sized(&rig.tree, LIBS "/libnvidia-ml.so.580.95.05",
                  "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0", 20);
  ck_assert_ptr_null(give_own((const char *const[]){"driver-files=require", NULL}));
  ck_assert_error(&rig.err, "nvidia.files-missing",
                  "libcuda.so.1 of the NVIDIA driver 580.95.05 is not found");
}
END_TEST

/* ---- where they are ------------------------------------------------------------------------- */

START_TEST(a_root_that_is_named_is_the_only_one) {
  check_has(GIVE("nvidia-driver-root", "nvidia:driver-root=/run/nvidia/driver"),
            "mount /run/nvidia/driver/usr/lib64/libcuda.so.580.95.05 at " PRIVATE_DIR
            "/libcuda.so.1 ");
}
END_TEST

START_TEST(the_host_itself_may_be_named) {
  ck_assert_ptr_null(GIVE("nvidia-driver-root", "nvidia:driver-root=/", "driver-files=require"));
  ck_assert_error(&rig.err, "nvidia.files-missing", "570.86.10");
}
END_TEST

START_TEST(a_root_must_be_there) {
  ck_assert_ptr_null(GIVE("nvidia-2", "nvidia:driver-root=/run/nowhere"));
  ck_assert_error(&rig.err, "nvidia.driver-root",
                  "the driver's root /run/nowhere is no directory of this host");
}
END_TEST

START_TEST(a_root_is_an_absolute_path) {
  ck_assert_ptr_null(GIVE("nvidia-2", "nvidia:driver-root=run/nvidia"));
  ck_assert_error(&rig.err, "plugin.option", "\"run/nvidia\" is not an absolute path");
}
END_TEST

/* ---- hooks ---------------------------------------------------------------------------------- */

START_TEST(hooks_need_the_vendors_program) {
  rig.container_flags = DAVIT_CT_HOOKS;
  ck_assert_ptr_null(GIVE("nvidia-files", "hooks=on"));
  ck_assert_error(&rig.err, "nvidia.hook-missing", "there is no /usr/bin/nvidia-cdi-hook");
}
END_TEST

START_TEST(hooks_must_be_permitted) {
  ck_assert_ptr_null(GIVE("nvidia-libraries", "hooks=on"));
  ck_assert_error(&rig.err, "nvidia.hook-missing", "hooks are not permitted for this container");
}
END_TEST

START_TEST(with_hooks_files_are_where_the_host_has_them) {
  rig.container_flags = DAVIT_CT_HOOKS;
  const char *edits = GIVE("nvidia-libraries", "hooks=on", "driver-capabilities=video");
  check_has(edits, "mount " LIBS "/libcuda.so.580.95.05 at " LIBS "/libcuda.so.580.95.05 as");
  check_has(edits, "hook createContainer /usr/bin/nvidia-cdi-hook nvidia-cdi-hook create-symlinks "
                   "--link libcuda.so.580.95.05::" LIBS "/libcuda.so.1 ");
  check_has(edits, "nvidia-cdi-hook update-ldcache --folder " LIBS " --folder " LIBS "/vdpau\n");
  check_has(edits, "nvidia-cdi-hook enable-cuda-compat --host-driver-version=580.95.05\n");
  check_has(edits, "nvidia-cdi-hook disable-device-node-modification\n");
  check_lacks(edits, "LD_LIBRARY_PATH");
  check_lacks(edits, PRIVATE_DIR);
}
END_TEST

/* ---- graphics ------------------------------------------------------------------------------- */

START_TEST(egl_is_told_which_gpus_there_are) {
  rig.container_flags = DAVIT_CT_FILES;
  const char *edits = GIVE("nvidia-libraries", "driver-capabilities=graphics");
  check_has(edits, "*: file /etc/nvidia/nvidia-application-profiles-rc.d/10-container.conf\n{\n");
  check_has(edits, "\"settings\": [\"EGLVisibleDGPUDevices\", 1]");
  check_has(edits, "*: default GBM_BACKENDS_PATH=" PRIVATE_DIR "/gbm\n");
}
END_TEST

/* The mask has device minors, not indices. */
START_TEST(the_profile_counts_minors) {
  rig.container_flags = DAVIT_CT_FILES;
  const char *edits = GIVE("nvidia-8", "driver-capabilities=graphics"); /* index 0 is minor 2 */
  check_has(edits, "[\"EGLVisibleDGPUDevices\", 4]");
  check_has(edits, "0: node /dev/dri/renderD128\n");
  check_lacks(edits, "renderD129");
}
END_TEST

START_TEST(without_a_bundle_there_is_no_profile) {
  check_lacks(GIVE("nvidia-libraries", "driver-capabilities=graphics"), "file ");
  check_has(rig.infos, "10-container.conf is left out");
}
END_TEST

START_TEST(firmware_is_mounted_when_asked) {
  check_has(GIVE("nvidia-libraries", "firmware=on"),
            "mount /lib/firmware/nvidia/580.95.05/gsp_ga10x.bin at "
            "/lib/firmware/nvidia/580.95.05/gsp_ga10x.bin as preset\n");
}
END_TEST

START_TEST(missing_firmware_is_a_warning) {
  check_lacks(GIVE("nvidia-files", "firmware=on"), "firmware");
  check_has(rig.warnings, "no firmware of the NVIDIA driver 580.95.05 is found");
}
END_TEST

/* ---- other machines ------------------------------------------------------------------------- */

START_TEST(wsl_has_one_node_and_one_directory) {
  const char *edits = give("wsl", NULL);
  const struct expected_device expected[] = {{"0", 0, NULL, .nodes = "/dev/dxg"}};
  check_devices(&rig, expected);
  ck_assert_edits(&rig, edits,
                  "0: node /dev/dxg\n"
                  "*: mount /usr/lib/wsl at /usr/lib/wsl as preset\n"
                  "*: mount /usr/lib/wsl/lib/nvidia-smi at /usr/bin/nvidia-smi as preset\n"
                  "*: prepend LD_LIBRARY_PATH=/usr/lib/wsl/lib\n"
                  "*: env NVIDIA_VISIBLE_DEVICES=void\n");
}
END_TEST

START_TEST(wsl_without_files_has_the_node) {
  ck_assert_edits(&rig, GIVE("wsl", "driver-files=off"),
                  "0: node /dev/dxg\n*: env NVIDIA_VISIBLE_DEVICES=void\n");
}
END_TEST

/* Each sign of a Tegra board alone. */
START_TEST(tegra_is_refused_by_name) {
  static const char *const signs[][2] = {
      {"/etc/nv_tegra_release", "# R36\n"},
      {"/sys/devices/soc0/family", "Tegra\n"},
      {"/proc/device-tree/compatible", "nvidia,p3768-0000, nvidia,tegra234\n"},
  };
  put(&rig, signs[_i][0], signs[_i][1]);
  rig_open(&rig, "nvidia", NULL);
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "nvidia"};
  ck_assert_ok(instance_enumerate(rig.instance, &rig.arena, &query, &rig.inventory, &rig.err),
               &rig.err);
  ck_assert_int_eq(rig.inventory.answer, DAVIT_E_UNSUPPORTED);
  ck_assert_error(&rig.inventory.broken, "nvidia.tegra", "nvidia-ctk cdi generate --mode=csv");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins_nvidia_files");
  TCase *tests = tcase_create("files");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_loop_test(tests, a_capability_brings_its_files, 0, ARRAY_LEN(capabilities));
  tcase_add_test(tests, an_unknown_capability_is_refused);
  tcase_add_test(tests, the_image_may_ask);
  tcase_add_test(tests, the_service_asks_before_the_image);
  tcase_add_test(tests, an_empty_variable_is_none);
  tcase_add_test(tests, a_generated_spec_has_all_but_32_bits);
  tcase_add_test(tests, each_file_that_is_left_out_has_its_reason);
  tcase_add_test(tests, what_only_the_cache_knows_is_found);
  tcase_add_test(tests, a_broken_cache_is_told_of);
  tcase_add_test(tests, missing_files_are_a_warning);
  tcase_add_test(tests, missing_files_may_be_an_error);
  tcase_add_test(tests, files_may_be_left_out);
  tcase_add_test(tests, files_of_another_version_are_named);
  tcase_add_test(tests, a_part_that_is_missing_is_an_error_too);
  tcase_add_test(tests, a_root_that_is_named_is_the_only_one);
  tcase_add_test(tests, the_host_itself_may_be_named);
  tcase_add_test(tests, a_root_must_be_there);
  tcase_add_test(tests, a_root_is_an_absolute_path);
  tcase_add_test(tests, hooks_need_the_vendors_program);
  tcase_add_test(tests, hooks_must_be_permitted);
  tcase_add_test(tests, with_hooks_files_are_where_the_host_has_them);
  tcase_add_test(tests, egl_is_told_which_gpus_there_are);
  tcase_add_test(tests, the_profile_counts_minors);
  tcase_add_test(tests, without_a_bundle_there_is_no_profile);
  tcase_add_test(tests, firmware_is_mounted_when_asked);
  tcase_add_test(tests, missing_firmware_is_a_warning);
  tcase_add_test(tests, wsl_has_one_node_and_one_directory);
  tcase_add_test(tests, wsl_without_files_has_the_node);
  tcase_add_loop_test(tests, tegra_is_refused_by_name, 0, 3);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
