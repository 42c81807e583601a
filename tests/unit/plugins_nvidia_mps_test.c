/* SPDX-License-Identifier: Apache-2.0 */
/* sharing: mps. A daemon whose pid is 4242 serves the pipe directory /tmp/nvidia-mps. */
#include "plugin_rig.h"

#define CODE "gpu.sharing-unavailable"
#define PID  "/tmp/nvidia-mps/nvidia-cuda-mps-control.pid"
#define OPTIONS(...)      \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }

static struct rig rig;

static void put_gpu(const char *address, const char *minor) {
  put_pci(&rig, address, "0x10de", "0x030200", "nvidia");
  put(&rig, arena_printf(&rig.arena, "/proc/driver/nvidia/gpus/%s/information", address),
      arena_printf(&rig.arena, "Device Minor: %s\n", minor));
  put_node(&rig, arena_printf(&rig.arena, "/dev/nvidia%s", minor),
           arena_printf(&rig.arena, "195:%s", minor));
}

static void put_daemon(const char *uids, const char *command) {
  put(&rig, PID, "4242\n");
  put(&rig, "/proc/4242/comm", "nvidia-cuda-mps\n");
  put(&rig, "/proc/4242/status",
      arena_printf(&rig.arena, "Name:\tnvidia-cuda-mps\nUid:\t%s\n", uids));
  put(&rig, "/proc/4242/cmdline", command);
}

static void begin(void) {
  rig_begin(&rig);
  put_gpu("0000:1b:00.0", "0");
  put_gpu("0000:43:00.0", "1");
  put_daemon("0\t0\t0\t0", "nvidia-cuda-mps-control -d");
  tree_dir(&rig.tree, "/dev/shm");
}

static void end(void) {
  rig_end(&rig);
}

static const char *share(const char *ids, const char *const *options) {
  rig_open(&rig, "nvidia", options);
  rig_enumerate(&rig, "nvidia");
  return rig_edits(&rig, RIG_SHARE, ids, "mps", 0);
}

#define PIPE                                                                         \
  "*: mount /tmp/nvidia-mps at /tmp/nvidia-mps nosuid nodev rbind rprivate noexec\n" \
  "*: env CUDA_MPS_PIPE_DIRECTORY=/tmp/nvidia-mps\n"
#define SHM "*: mount /dev/shm at /dev/shm nosuid nodev rbind rprivate noexec\n"

/* G20: with a /dev/shm of its own a client does not reach the daemon. */
START_TEST(g20_a_client_has_the_daemons_pipes_and_memory) {
  ck_assert_edits(&rig, share("0", NULL), PIPE SHM);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

/* G21: the log directory is no duty. */
START_TEST(g21_the_usual_log_directories_are_found) {
  static const char *const dirs[] = {"/var/log/nvidia-mps", "/tmp/nvidia-log"}; /* weaker first */
  rig_open(&rig, "nvidia", NULL);
  rig_enumerate(&rig, "nvidia");
  for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
    tree_dir(&rig.tree, dirs[i]);
    const char *expected =
        arena_printf(&rig.arena,
                     PIPE "*: mount %s at %s nosuid nodev rbind rprivate noexec\n"
                          "*: env CUDA_MPS_LOG_DIRECTORY=%s\n" SHM,
                     dirs[i], dirs[i], dirs[i]);
    ck_assert_edits(&rig, rig_edits(&rig, RIG_SHARE, "0", "mps", 0), expected);
  }
}
END_TEST

START_TEST(directories_may_be_named) {
  put(&rig, "/run/mps/pipe/nvidia-cuda-mps-control.pid", "4242\n");
  tree_dir(&rig.tree, "/run/mps/log");
  tree_dir(&rig.tree, "/run/mps/shm");
  tree_dir(&rig.tree, "/tmp/nvidia-log");
  ck_assert_edits(&rig,
                  share("0", OPTIONS("mps-pipe-dir=/run/mps/pipe", "mps-log-dir=/run/mps/log",
                                     "mps-shm-dir=/run/mps/shm")),
                  "*: mount /run/mps/pipe at /run/mps/pipe nosuid nodev rbind rprivate noexec\n"
                  "*: env CUDA_MPS_PIPE_DIRECTORY=/run/mps/pipe\n"
                  "*: mount /run/mps/log at /run/mps/log nosuid nodev rbind rprivate noexec\n"
                  "*: env CUDA_MPS_LOG_DIRECTORY=/run/mps/log\n"
                  "*: mount /run/mps/shm at /dev/shm nosuid nodev rbind rprivate noexec\n");
}
END_TEST

START_TEST(memory_is_left_alone_where_it_is_shared_already) {
  rig.container_flags = DAVIT_CT_HOST_IPC;
  ck_assert_edits(&rig, share("0", NULL), PIPE);
}
END_TEST

START_TEST(memory_is_left_alone_if_told_so) {
  ck_assert_edits(&rig, share("0", OPTIONS("mps-shm-dir=none")), PIPE);
}
END_TEST

/* ---- the daemon ---- */

static const struct {
  const char *path, *content; /* NULL: there is no such file */
  const char *says;
} dead[] = {
    {PID, NULL, "there is no pid in " PID},
    {PID, "-1\n", "there is no pid in " PID},
    {"/proc/4242/comm", NULL, "process 4242 of " PID " is not there"},
    {"/proc/4242/comm", "bash\n", "process 4242 of " PID " is bash"},
    {"/proc/4242/status", "Name:\tnvidia-cuda-mps\n", "does not tell the user of the MPS daemon"},
};

START_TEST(a_daemon_must_run) {
  if (dead[_i].content)
    put(&rig, dead[_i].path, dead[_i].content);
  else
    drop(&rig, dead[_i].path);
  ck_assert_ptr_null(share("0", NULL));
  ck_assert_error(&rig.err, CODE, dead[_i].says);
  ck_assert_error(&rig.err, CODE, "mps-check=off");
}
END_TEST

/* It may be in a container, with processes of its own. */
START_TEST(nobody_need_look) {
  drop(&rig, PID);
  ck_assert_edits(&rig, share("0", OPTIONS("mps-check=off")), PIPE SHM);
}
END_TEST

/* ---- its users ---- */

START_TEST(a_daemon_serves_its_own_user) {
  put_daemon("1000\t1000\t1000\t1000", "nvidia-cuda-mps-control -d");
  rig.host_uid = 1000;
  ck_assert_edits(&rig, share("0", NULL), PIPE SHM);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(a_daemon_of_a_user_serves_no_other) {
  put_daemon("1000\t1000\t1000\t1000", "nvidia-cuda-mps-control -d");
  ck_assert_ptr_null(share("0", NULL));
  ck_assert_error(&rig.err, CODE,
                  "the MPS daemon runs as user 1000 and serves no other, but the container's "
                  "process is user 0 of the host");
}
END_TEST

START_TEST(roots_daemon_serves_users_one_at_a_time) {
  rig.host_uid = 1000;
  ck_assert_edits(&rig, share("0", NULL), PIPE SHM);
  ck_assert_contains(rig.warnings, "process is user 1000 of the host");
  ck_assert_contains(rig.warnings, "-multiuser-server");
}
END_TEST

START_TEST(a_daemon_for_many_serves_all) {
  static const char command[] = "nvidia-cuda-mps-control\0-d\0-multiuser-server";
  tree_file_sized(&rig.tree, "/proc/4242/cmdline", command, sizeof(command));
  rig.host_uid = 1000;
  ck_assert_edits(&rig, share("0", NULL), PIPE SHM);
  ck_assert_str_eq(rig.warnings, "");
}
END_TEST

START_TEST(a_user_without_id_on_the_host_is_refused) {
  rig.host_uid = UINT32_MAX;
  ck_assert_ptr_null(share("0", NULL));
  ck_assert_error(&rig.err, CODE, "user 0 of the container has no id on the host");
}
END_TEST

/* ---- limits (G22) ---- */

static const struct {
  const char *option, *value; /* value NULL: refused */
} limits[] = {
    {"mps-active-thread-percentage=1", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=1"},
    {"mps-active-thread-percentage=100", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=100"},
    {"mps-active-thread-percentage=100.0", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=100.0"},
    {"mps-active-thread-percentage=12.5", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=12.5"},
    {"mps-active-thread-percentage=0.5", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=0.5"},
    {"mps-active-thread-percentage=0", NULL},
    {"mps-active-thread-percentage=0.0", NULL},
    {"mps-active-thread-percentage=100.1", NULL},
    {"mps-active-thread-percentage=101", NULL},
    {"mps-active-thread-percentage=1000", NULL},
    {"mps-active-thread-percentage=050", NULL},
    {"mps-active-thread-percentage=5.", NULL},
    {"mps-active-thread-percentage=.5", NULL},
    {"mps-active-thread-percentage=50%", NULL},
    {"mps-active-thread-percentage=-5", NULL},
    {"mps-active-thread-percentage=1.2.3", NULL},
    {"mps-active-thread-percentage=", NULL},
    {"mps-pinned-memory-limit=4G", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=4G,1=4G"},
    {"mps-pinned-memory-limit=512MB", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=512MB,1=512MB"},
    {"mps-pinned-memory-limit=1=4GB,0=512M", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=1=4GB,0=512M"},
    {"mps-pinned-memory-limit=1=1G", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=1=1G"},
    {"mps-pinned-memory-limit=", NULL},
    {"mps-pinned-memory-limit=4", NULL},
    {"mps-pinned-memory-limit=0G", NULL},
    {"mps-pinned-memory-limit=4Gi", NULL},
    {"mps-pinned-memory-limit=4K", NULL},
    {"mps-pinned-memory-limit=2=4G", NULL}, /* there are two GPUs */
    {"mps-pinned-memory-limit=0=4G,0=2G", NULL},
    {"mps-pinned-memory-limit=0=4G,", NULL},
    {"mps-pinned-memory-limit=0=4G 1=2G", NULL},
    {"mps-pinned-memory-limit=00=4G", NULL},
    {"mps-pinned-memory-limit=99999999999999999999=4G", NULL},
    {"mps-pinned-memory-limit=\"0=4G\"", NULL},
    {"mps-pinned-memory-limit=\342\200\2340=4G\342\200\235", NULL}, /* as copied from a page */
};

START_TEST(g22_limits_are_read_before_cuda_does) {
  const char *edits = share("0 1", OPTIONS(limits[_i].option));
  if (limits[_i].value) {
    ck_assert_edits(&rig, edits,
                    arena_printf(&rig.arena, PIPE SHM "*: env %s\n", limits[_i].value));
  } else {
    ck_assert_ptr_null(edits);
    ck_assert_error(&rig.err, "plugin.option", "");
    ck_assert_uint_eq(rig.err.first->at.line, 9);
  }
}
END_TEST

/* ---- what cannot be ---- */

START_TEST(what_cannot_be_is_refused) {
  static const struct {
    const char *option, *code;
    int answer;
    const char *text, *hint;
  } cases[] = {
      {"mps-pipe-dir=/run/none", CODE, DAVIT_E_NOT_FOUND,
       "the MPS pipe directory /run/none is not there",
       "CUDA_MPS_PIPE_DIRECTORY=/run/none nvidia-cuda-mps-control -d"},
      {"mps-pipe-dir=/dev/nvidia0", CODE, DAVIT_E_NOT_FOUND, "/dev/nvidia0 is not there",
       "nvidia-cuda-mps-control -d"},
      {"mps-pipe-dir=run/mps", "plugin.option", DAVIT_E_INVALID,
       "\"run/mps\" is not an absolute path", "give an absolute path"},
      {"mps-pipe-dir=/run/../etc", "plugin.option", DAVIT_E_INVALID,
       "\"/run/../etc\" is not an absolute path", "give an absolute path"},
      {"mps-log-dir=/var/log/mps", CODE, DAVIT_E_NOT_FOUND,
       "the MPS log directory /var/log/mps is not there", "leave the key out"},
      {"mps-shm-dir=/run/none", CODE, DAVIT_E_NOT_FOUND,
       "the MPS shared memory directory /run/none is not there", "has at /dev/shm"},
      {"mps-shm-dir=off", "plugin.option", DAVIT_E_INVALID, "\"off\" is not an absolute path",
       "give an absolute path"},
  };
  ck_assert_ptr_null(share("0", OPTIONS(cases[_i].option)));
  ck_assert_int_eq(rig.err.first->answer, cases[_i].answer);
  ck_assert_error(&rig.err, cases[_i].code, cases[_i].text);
  ck_assert_error(&rig.err, cases[_i].code, cases[_i].hint);
  ck_assert_uint_eq(rig.err.first->at.line, 9);
}
END_TEST

START_TEST(mig_instances_are_not_served) {
  static const char access[] = "DeviceFileMinor: 12\n";
  put(&rig, "/proc/driver/nvidia/capabilities/gpu0/mig/gi1/access", access);
  put(&rig, "/proc/driver/nvidia/capabilities/gpu0/mig/gi1/ci0/access", access);
  put_node(&rig, "/dev/nvidia-caps/nvidia-cap12", "235:12");
  ck_assert_ptr_null(share("0:gi1:ci0", NULL));
  ck_assert_int_eq(rig.err.first->answer, DAVIT_E_UNSUPPORTED);
  ck_assert_error(&rig.err, CODE, "0:gi1:ci0 is a MIG instance");
  ck_assert_error(&rig.err, CODE, "time-slice");
}
END_TEST

START_TEST(wsl_has_no_mps) {
  rig_open_at(&rig, TEST_HOSTS "/wsl", "nvidia", NULL);
  rig_enumerate(&rig, "nvidia");
  ck_assert_ptr_null(rig_edits(&rig, RIG_SHARE, "0", "mps", 0));
  ck_assert_error(&rig.err, CODE, "MPS does not run in WSL");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("plugins_nvidia_mps");
  TCase *tests = tcase_create("mps");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_test(tests, g20_a_client_has_the_daemons_pipes_and_memory);
  tcase_add_test(tests, g21_the_usual_log_directories_are_found);
  tcase_add_test(tests, directories_may_be_named);
  tcase_add_test(tests, memory_is_left_alone_where_it_is_shared_already);
  tcase_add_test(tests, memory_is_left_alone_if_told_so);
  tcase_add_loop_test(tests, a_daemon_must_run, 0, ARRAY_LEN(dead));
  tcase_add_test(tests, nobody_need_look);
  tcase_add_test(tests, a_daemon_serves_its_own_user);
  tcase_add_test(tests, a_daemon_of_a_user_serves_no_other);
  tcase_add_test(tests, roots_daemon_serves_users_one_at_a_time);
  tcase_add_test(tests, a_daemon_for_many_serves_all);
  tcase_add_test(tests, a_user_without_id_on_the_host_is_refused);
  tcase_add_loop_test(tests, g22_limits_are_read_before_cuda_does, 0, ARRAY_LEN(limits));
  tcase_add_loop_test(tests, what_cannot_be_is_refused, 0, 7);
  tcase_add_test(tests, mig_instances_are_not_served);
  tcase_add_test(tests, wsl_has_no_mps);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
