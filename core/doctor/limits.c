/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and policies of the host that programs on GPUs run into. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "doctor/examination.h"
#include "util/text.h"

enum {
  SMALL_SHM_KIB = 64 * 1024 /* what container engines give by default */
};

static const struct fault memlock_low = {
    "host.memlock", DAVIT_SEV_WARNING,
    "memory for RDMA is registered by locking it: NCCL fails with \"unhandled system error\""};
static const struct fault shm_small = {
    "host.shm-small", DAVIT_SEV_WARNING,
    "with ipc_mode: host loaders of PyTorch and NCCL end with \"Bus error\""};
static const struct fault selinux_devices = {
    "host.selinux-devices", DAVIT_SEV_WARNING,
    "containers get EACCES from device nodes whose mode would let them in"};

/* ---- locked memory -------------------------------------------------------------------------- */

/* A runtime without rights of its own cannot give a container more than its own hard limit. */
static int examine_memlock(struct examination *exam) {
  static const char label[] = "Max locked memory";
  const char *limits;
  if (type_at(exam, "/dev/infiniband/rdma_cm") != DAVIT_FILE_CHAR)
    return DAVIT_OK;
  int answer = read_if_there(exam, "/proc/self/limits", &limits);
  const char *line = answer == DAVIT_OK && limits ? strstr(limits, label) : NULL;
  if (!line)
    return answer;
  char soft[32], hard[32];
  if (sscanf(line + strlen(label), " %31s %31s", soft, hard) != 2 || strcmp(hard, "unlimited") == 0)
    return DAVIT_OK;
  return report(
      exam, &memlock_low, NULL,
      "`prlimit --memlock=unlimited --pid $$` before starting containers, LimitMEMLOCK= in "
      "the unit of whatever starts them, and ulimits: {memlock: -1} in the service",
      "the host has RDMA devices, but its limit for locked memory is %s bytes", hard);
}

/* ---- /dev/shm ------------------------------------------------------------------------------- */

/* The size of the file system at /dev/shm in KiB; 0: it has none, or is not mounted. */
static uint64_t find_shm_size(char *mounts) {
  uint64_t size = 0;
  for (char *line; (line = strsep(&mounts, "\n"));) {
    char *option = strstr(line, " /dev/shm ") ? strstr(line, "size=") : NULL;
    if (!option)
      continue;
    char *digits = option + strlen("size=");
    char *end = digits + strspn(digits, "0123456789");
    bool is_kib = *end == 'k';
    *end = '\0';
    if (!is_kib || !text_to_u64(digits, 10, &size))
      size = 0;
  }
  return size;
}

static int examine_shm(struct examination *exam) {
  const char *mounts;
  int answer = read_if_there(exam, "/proc/self/mountinfo", &mounts);
  if (answer < 0 || !mounts)
    return answer;
  char *copy = arena_strdup(exam->arena, mounts);
  if (!copy)
    return error_memory(exam->err);
  uint64_t size = find_shm_size(copy);
  if (size == 0 || size > SMALL_SHM_KIB)
    return DAVIT_OK;
  return report(exam, &shm_small, "/dev/shm", "`mount -o remount,size=8G /dev/shm`",
                "/dev/shm of the host holds %" PRIu64 " MiB", size / 1024);
}

int examine_limits(struct examination *exam) {
  int answer = examine_memlock(exam);
  return answer < 0 ? answer : examine_shm(exam);
}

/* ---- SELinux -------------------------------------------------------------------------------- */

int examine_selinux(struct examination *exam) {
  const char *enforcing, *allowed = NULL;
  int answer = read_if_there(exam, "/sys/fs/selinux/enforce", &enforcing);
  if (answer == DAVIT_OK)
    answer = read_if_there(exam, "/sys/fs/selinux/booleans/container_use_devices", &allowed);
  if (answer < 0 || !enforcing || enforcing[0] != '1' || !allowed || allowed[0] != '0')
    return answer;
  return report(exam, &selinux_devices, NULL,
                "`setsebool -P container_use_devices 1`, or a label of the service's own",
                "SELinux does not let containers use devices");
}
