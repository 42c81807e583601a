/* SPDX-License-Identifier: Apache-2.0 */
/* Daemons: the fabric manager of NVSwitches, the persistence daemon, MPS. */
#include <string.h>

#include "common/read.h"
#include "nvidia/diagnose.h"
#include "nvidia/mps_daemon.h"
#include "nvidia/nvidia.h"

enum {
  CLASS_3D = 0x0302 /* GPUs of data centres, without a display */
};

static const struct fault fabric_manager = {"nvidia.fabric-manager", DAVIT_SEV_ERROR,
                                            "CUDA fails with \"system not yet initialized\" (802)"};
static const struct fault persistence = {
    "nvidia.persistence", DAVIT_SEV_NOTE,
    "with no program on a GPU the driver forgets it: the next start takes seconds, and settings "
    "such as clocks are lost"};
static const struct fault mps_good = {"nvidia.mps", DAVIT_SEV_OK, NULL};
static const struct fault mps_dead = {
    "nvidia.mps-dead", DAVIT_SEV_WARNING,
    "services with sharing: mps fail (CUDA error 805), or share by turns without saying so"};
static const struct fault compute_mode = {
    "nvidia.compute-mode", DAVIT_SEV_NOTE,
    "in mode EXCLUSIVE_PROCESS a GPU takes one process: the next gets \"all CUDA-capable devices "
    "are busy\" (46)"};

/* ---- fabric manager ------------------------------------------------------------------------- */

static int has_nvswitch(const struct davit_host *h, bool *answer) {
  const char *const *names;
  struct pci_address at;
  int rc = read_dir(h, "/sys/bus/pci/drivers/nvidia-nvswitch", &names);
  *answer = false;
  for (; rc >= 0 && *names; names++)
    *answer = *answer || pci_parse(*names, &at);
  return rc;
}

/* A process of that name: as the kernel cuts it, at most 15 bytes. */
static int runs(const struct davit_host *h, const char *comm, bool *answer) {
  const char *const *names;
  int rc = read_dir(h, "/proc", &names);
  *answer = false;
  for (; rc >= 0 && !*answer && *names; names++) {
    uint64_t pid;
    const char *name;
    if (!number_parse(*names, 10, UINT32_MAX, &pid))
      continue;
    const char *dir = h->format(h, "/proc/%s", *names);
    rc = dir ? read_attribute(h, dir, "comm", &name) : DAVIT_E_MEMORY;
    *answer = rc >= 0 && name && strcmp(name, comm) == 0;
  }
  return rc;
}

static int diagnose_fabric_manager(const struct examined *at) {
  const struct davit_host *h = at->d.h;
  bool has_switches, is_there;
  int rc = has_nvswitch(h, &has_switches);
  if (rc < 0 || !has_switches)
    return rc;
  if ((rc = runs(h, "nv-fabricmanage", &is_there)) < 0 || is_there)
    return rc;
  return diagnosis_add(&at->d, &fabric_manager, NULL,
                       h->format(h,
                                 "`systemctl enable --now nvidia-fabricmanager`, of exactly the "
                                 "driver's version (%s)",
                                 at->version ? at->version : "`nvidia-smi` shows it"),
                       "the GPUs are joined by NVSwitches, and no fabric manager runs");
}

/* ---- persistence ---------------------------------------------------------------------------- */

static int diagnose_persistence(const struct examined *at) {
  const struct pci_function *gpu = at->at_driver[0];
  uint32_t type;
  if (gpu->class_code >> 8 != CLASS_3D)
    return DAVIT_OK;
  int rc = path_type(at->d.h, "/run/nvidia-persistenced/socket", &type);
  if (rc < 0 || type != DAVIT_FILE_OTHER)
    return rc;
  return diagnosis_add(&at->d, &persistence, NULL, "`systemctl enable --now nvidia-persistenced`",
                       "the persistence daemon does not run");
}

/* ---- MPS ------------------------------------------------------------------------------------ */

static int report_dead_daemon(const struct examined *at, const char *dir) {
  const struct davit_host *h = at->d.h;
  const char *remedy = h->format(
      h, "`CUDA_MPS_PIPE_DIRECTORY=%s nvidia-cuda-mps-control -d`, as the user of the containers",
      dir);
  int rc = diagnosis_add(&at->d, &mps_dead, dir, remedy,
                         "an MPS daemon has been here, and runs no more");
  if (rc < 0)
    return rc;
  return diagnosis_add(
      &at->d, &compute_mode, NULL,
      "`nvidia-smi -q -d COMPUTE` shows the mode, `nvidia-smi -c DEFAULT` sets it "
      "back",
      "MPS was used and has ended: GPUs may still be in the mode that goes with it");
}

static int diagnose_mps(const struct examined *at) {
  const struct davit_host *h = at->d.h;
  const char *dir = option_text(h, "mps-pipe-dir");
  const char *const *names;
  struct mps_daemon daemon;
  if (!dir || !path_is_plain(dir))
    return DAVIT_OK;
  int rc = h->files->list_dir(h->files, dir, &names);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0 || !*names)
    return DAVIT_OK;
  if ((rc = mps_daemon_find(h, dir, &daemon)) < 0)
    return rc;
  if (daemon.is_alive)
    return diagnosis_add(&at->d, &mps_good, dir, "", "the MPS daemon runs, pid %s", daemon.pid);
  return report_dead_daemon(at, dir);
}

int diagnose_services(const struct examined *at) {
  int rc = diagnose_fabric_manager(at);
  if (rc >= 0)
    rc = diagnose_persistence(at);
  return rc < 0 ? rc : diagnose_mps(at);
}
