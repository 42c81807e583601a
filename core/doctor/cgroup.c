/* SPDX-License-Identifier: Apache-2.0 */
/* Can a runtime keep a container to its devices and limits? */
#include <string.h>

#include "doctor/examination.h"

#define CGROUP "/sys/fs/cgroup"

static const struct fault cgroup_good = {"host.cgroup", DAVIT_SEV_OK, NULL};
static const struct fault cgroup_missing = {
    "host.cgroup-missing", DAVIT_SEV_ERROR,
    "runtimes refuse to start containers, or start them without device rules and limits"};
static const struct fault no_device_cgroup = {
    "host.cgroup-devices", DAVIT_SEV_ERROR,
    "nothing keeps a container with CAP_MKNOD from the devices it did not get"};
static const struct fault no_bpf = {
    "host.cgroup-bpf", DAVIT_SEV_ERROR,
    "device rules are BPF programs in version 2 of cgroups: runtimes cannot start containers that "
    "have some"};
static const struct fault controllers_missing = {
    "host.cgroup-controllers", DAVIT_SEV_WARNING,
    "containers with such limits do not start, or start without them"};

static int examine_bpf(struct examination *exam) {
  const char *machine, *release, *config;
  int answer = host_find_kernel(exam->settings->host, exam->arena, &machine, &release, exam->err);
  if (answer < 0)
    return answer;
  const char *path = arena_printf(exam->arena, "/boot/config-%s", release);
  if (!path)
    return error_memory(exam->err);
  answer = read_if_there(exam, path, &config);
  if (answer < 0 || !config || !strstr(config, "# CONFIG_CGROUP_BPF is not set"))
    return answer;
  return report(exam, &no_bpf, path,
                "boot a kernel with CONFIG_CGROUP_BPF: `apt install linux-image-amd64`, then "
                "`reboot`",
                "the kernel is built without CONFIG_CGROUP_BPF");
}

static int examine_version_2(struct examination *exam, const char *controllers) {
  static const char *const wanted[] = {"cpu", "cpuset", "io", "memory", "pids", NULL};
  const char *missing = missing_words(exam->arena, wanted, controllers);
  if (!missing)
    return error_memory(exam->err);
  if (missing[0]) {
    int answer = report(
        exam, &controllers_missing, CGROUP "/cgroup.controllers",
        "take cgroup_disable= out of the kernel's command line, add cgroup_enable=memory where the "
        "memory controller is off; on Debian in /etc/default/grub, then `update-grub` and `reboot`",
        "version 2 of cgroups lacks controllers: %s", missing);
    if (answer < 0)
      return answer;
  }
  return report(exam, &cgroup_good, NULL, NULL, "version 2 of cgroups");
}

static int examine_version_1(struct examination *exam) {
  if (type_at(exam, CGROUP "/devices") == DAVIT_FILE_DIR)
    return report(exam, &cgroup_good, NULL, NULL, "version 1 of cgroups");
  return report(exam, &no_device_cgroup, CGROUP "/devices",
                "`mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices`, or boot with version "
                "2 (systemd.unified_cgroup_hierarchy=1)",
                "version 1 of cgroups has no devices controller");
}

int examine_cgroup(struct examination *exam) {
  CLEANUP(error) struct davit_error why = {0};
  const char *controllers;
  const char *const *names;
  int answer = read_if_there(exam, CGROUP "/cgroup.controllers", &controllers);
  if (answer < 0)
    return answer;
  if (controllers) {
    answer = examine_version_2(exam, controllers);
    return answer < 0 ? answer : examine_bpf(exam);
  }
  if (host_list_dir(exam->settings->host, exam->arena, CGROUP, &names, &why) == DAVIT_OK && *names)
    return examine_version_1(exam);
  return report(exam, &cgroup_missing, CGROUP, "`mount -t cgroup2 cgroup2 /sys/fs/cgroup`",
                "no cgroup file system is mounted");
}
