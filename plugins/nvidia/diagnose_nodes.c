/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes: the kernel makes none of NVIDIA's, so each may be missing, old, or closed. */
#include <string.h>

#include "common/read.h"
#include "nvidia/diagnose.h"
#include "nvidia/nvidia.h"

enum {
  MAJOR = 195, /* of all but uvm and the capabilities, whose majors are given anew at every boot */
  CONTROL_MINOR = 255,
  MAX_MINOR = 247
};

#define OLD_NODE "CUDA fails with \"unknown error\" (999), or opens another device"

static const struct fault gpu_lost = {"nvidia.gpu-lost", DAVIT_SEV_ERROR,
                                      "nvidia-smi: \"Unable to determine the device handle\""};
static const struct fault excluded = {"nvidia.excluded", DAVIT_SEV_NOTE, NULL};
static const struct fault node_missing = {"nvidia.node-missing", DAVIT_SEV_ERROR,
                                          "davit cannot give this GPU to a container"};
static const struct fault ctl_missing = {"nvidia.ctl-missing", DAVIT_SEV_ERROR,
                                         "no container with a GPU can be described"};
static const struct fault uvm_not_loaded = {
    "nvidia.uvm-not-loaded", DAVIT_SEV_ERROR,
    "CUDA fails with \"unknown error\" (999) or 304, although nvidia-smi works"};
static const struct fault uvm_missing = {
    "nvidia.uvm-missing", DAVIT_SEV_ERROR,
    "CUDA fails with \"unknown error\" (999) or 304, although nvidia-smi works"};
static const struct fault node_numbers = {"nvidia.node-numbers", DAVIT_SEV_ERROR, OLD_NODE};
static const struct fault node_mode = {
    "nvidia.node-mode", DAVIT_SEV_WARNING,
    "processes that are not root in their container get \"insufficient permissions\""};
static const struct fault node_denied = {"nvidia.node-denied", DAVIT_SEV_ERROR,
                                         "rootless containers get \"permission denied\""};
static const struct fault mig_no_instance = {
    "nvidia.mig-no-instance", DAVIT_SEV_ERROR,
    "CUDA finds no device on a GPU in MIG mode without compute instances"};
static const struct fault mig_node_missing = {"nvidia.mig-node-missing", DAVIT_SEV_ERROR,
                                              "davit cannot give this MIG instance to a container"};

/* ---- who may open a node -------------------------------------------------------------------- */

/* davit makes a process a member of the node's group; where that is root's, nothing helps. */
static bool is_open_to_users(const struct davit_stat *st) {
  return (st->mode & 06) == 06 || (st->gid != 0 && (st->mode & 060) == 060);
}

/* *good nodes only: how they are open. */
static int diagnose_mode(const struct examined *at, const char *path) {
  const struct davit_host *h = at->d.h;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  int rc = h->files->stat_path(h->files, path, 0, &st);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0 || is_open_to_users(&st))
    return DAVIT_OK;
  return diagnosis_add(
      &at->d, &node_mode, path,
      h->format(h,
                "`chmod 0666 %s`, and \"options nvidia NVreg_DeviceFileMode=0666\" "
                "in /etc/modprobe.d for the next boot",
                path),
      "mode %04o, owner %u:%u: only root may open it", st.mode, st.uid, st.gid);
}

static int diagnose_one(const struct examined *at, const struct node_wanted *node,
                        const struct fault *missing) {
  const struct node_faults faults = {missing, &node_numbers, &node_denied};
  bool good;
  int rc = diagnose_node(&at->d, node, &faults, &good);
  return rc < 0 || !good ? rc : diagnose_mode(at, node->path);
}

/* ---- nodes of the driver -------------------------------------------------------------------- */

static int diagnose_control(const struct examined *at) {
  const struct node_wanted node = {"/dev/nvidiactl", MAJOR, CONTROL_MINOR,
                                   "`nvidia-modprobe -c 255`"};
  return diagnose_one(at, &node, &ctl_missing);
}

/* It is never loaded by itself, and its major changes from boot to boot. */
static int diagnose_uvm(const struct examined *at) {
  static const struct module_faults module = {&uvm_not_loaded, &uvm_not_loaded, &uvm_not_loaded,
                                              "`nvidia-modprobe -u`"};
  const struct davit_host *h = at->d.h;
  struct node_wanted node = {.path = "/dev/nvidia-uvm", .make = "`nvidia-modprobe -u`"};
  bool has_major, is_loaded;
  if (option_is(h, "uvm", "optional"))
    return DAVIT_OK;
  int rc = find_major(h, "nvidia-uvm", &has_major, &node.major);
  if (rc < 0)
    return rc;
  if (has_major)
    return diagnose_one(at, &node, &uvm_missing);
  uint32_t state;
  if ((rc = h->kernel_module(h, "nvidia_uvm", &state)) < 0)
    return rc;
  if (state == DAVIT_KMOD_BLACKLISTED)
    return diagnose_module(&at->d, "nvidia_uvm", &module, &is_loaded);
  return diagnosis_add(&at->d, &uvm_not_loaded, NULL,
                       "`nvidia-modprobe -u`, and a line nvidia-uvm in "
                       "/etc/modules-load.d/nvidia.conf for the next boot",
                       "the module nvidia_uvm, which CUDA needs, is not loaded");
}

/* ---- MIG ------------------------------------------------------------------------------------ */

static int diagnose_capability(const struct examined *at, const char *path, uint64_t major,
                               const char *make) {
  static const struct node_faults faults = {&mig_node_missing, &node_numbers, NULL};
  struct node_wanted node = {.path = path, .major = major, .make = make};
  bool good;
  if (!make)
    return DAVIT_E_MEMORY;
  return name_number(strrchr(path, '/') + 1, "nvidia-cap", UINT32_MAX, &node.minor)
             ? diagnose_node(&at->d, &node, &faults, &good)
             : DAVIT_OK;
}

static int diagnose_instance(const struct examined *at, uint64_t gpu_minor,
                             const struct mig_instance *instance, bool is_first_of_its_gpu_instance,
                             uint64_t major) {
  const struct davit_host *h = at->d.h;
  const char *dir = h->format(h, "/proc/driver/nvidia/capabilities/gpu%llu/mig/gi%u",
                              (unsigned long long)gpu_minor, instance->gpu_instance);
  int rc = dir ? DAVIT_OK : DAVIT_E_MEMORY;
  if (rc >= 0 && instance->gpu_cap && is_first_of_its_gpu_instance)
    rc = diagnose_capability(at, instance->gpu_cap, major,
                             h->format(h, "`nvidia-modprobe -f %s/access`", dir));
  if (rc >= 0 && instance->compute_cap)
    rc = diagnose_capability(
        at, instance->compute_cap, major,
        h->format(h, "`nvidia-modprobe -f %s/ci%u/access`", dir, instance->compute_instance));
  return rc;
}

static int diagnose_mig(const struct examined *at, const struct pci_function *gpu, uint64_t minor) {
  const struct davit_host *h = at->d.h;
  struct mig mig;
  uint64_t major;
  bool has_major;
  int rc = mig_read(h, (uint32_t)minor, &mig);
  if (rc < 0 || mig.gpu_instances == 0)
    return rc;
  if (mig.count == 0)
    return diagnosis_add(&at->d, &mig_no_instance, gpu->name,
                         h->format(h,
                                   "`nvidia-smi mig -i %s -cci` makes compute instances, "
                                   "`nvidia-smi -i %s -mig 0` ends MIG mode",
                                   gpu->name, gpu->name),
                         "it has %u GPU instances and no compute instance", mig.gpu_instances);
  if ((rc = find_major(h, "nvidia-caps", &has_major, &major)) < 0 || !has_major)
    return rc;
  for (size_t i = 0; rc >= 0 && i < mig.count; i++)
    rc = diagnose_instance(
        at, minor, &mig.instances[i],
        i == 0 || mig.instances[i - 1].gpu_instance != mig.instances[i].gpu_instance, major);
  return rc;
}

/* ---- GPUs ----------------------------------------------------------------------------------- */

static int diagnose_gpu_node(const struct examined *at, uint64_t minor) {
  const struct davit_host *h = at->d.h;
  const char *path = h->format(h, "/dev/nvidia%llu", (unsigned long long)minor);
  const char *make =
      path ? h->format(h, "`nvidia-modprobe -c %llu`", (unsigned long long)minor) : NULL;
  const struct node_wanted node = {path, MAJOR, minor, make};
  return make ? diagnose_one(at, &node, &node_missing) : DAVIT_E_MEMORY;
}

static int diagnose_listed(const struct examined *at, const struct pci_function *gpu,
                           const char *information) {
  const struct davit_host *h = at->d.h;
  const char *is_excluded, *minor_text;
  uint64_t minor;
  int rc = text_field(h, information, "GPU Excluded", ':', &is_excluded);
  if (rc < 0 || (rc = text_field(h, information, "Device Minor", ':', &minor_text)) < 0)
    return rc;
  if (is_excluded && strcmp(is_excluded, "Yes") == 0)
    return diagnosis_add(&at->d, &excluded, gpu->name,
                         "to use it take it out of NVreg_ExcludedGpus (`grep -r ExcludedGpus "
                         "/etc/modprobe.d`), then `reboot`",
                         "the driver's option NVreg_ExcludedGpus excludes it");
  if (!minor_text || !number_parse(minor_text, 10, MAX_MINOR, &minor))
    return DAVIT_OK;
  rc = diagnose_gpu_node(at, minor);
  return rc < 0 ? rc : diagnose_mig(at, gpu, minor);
}

static int diagnose_gpu(const struct examined *at, const struct pci_function *gpu) {
  const struct davit_host *h = at->d.h;
  const char *information;
  const char *path = h->format(h, "/proc/driver/nvidia/gpus/%s/information", gpu->name);
  int rc = path ? read_text(h, path, &information) : DAVIT_E_MEMORY;
  if (rc < 0)
    return rc;
  if (information && strspn(information, " \t\r\n") < strlen(information))
    return diagnose_listed(at, gpu, information);
  return diagnosis_add(&at->d, &gpu_lost, gpu->name,
                       "`dmesg` says why (lines with NVRM and Xid; Xid 79: the GPU fell off the "
                       "bus); `nvidia-smi --gpu-reset` or `reboot` may bring it back",
                       information ? "the driver lost it: its information is empty"
                                   : "it is bound to the driver, which does not list it");
}

int diagnose_nodes(const struct examined *at) {
  int rc = diagnose_control(at);
  if (rc >= 0)
    rc = diagnose_uvm(at);
  for (size_t i = 0; rc >= 0 && at->at_driver[i]; i++)
    rc = diagnose_gpu(at, at->at_driver[i]);
  return rc;
}
