/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that look for faults of NVIDIA's driver and its GPUs. */
#ifndef DAVIT_PLUGINS_NVIDIA_DIAGNOSE_H
#define DAVIT_PLUGINS_NVIDIA_DIAGNOSE_H

#include "common/diagnosis.h"

struct examined {
  struct diagnosis d;
  const char *version;                         /* of the driver that runs */
  const struct pci_function *const *at_driver; /* list: the GPUs bound to it */
};

/* diagnose_nodes.c: the device nodes of the driver, of its GPUs and of their MIG instances. */
int diagnose_nodes(const struct examined *at);
/* diagnose_services.c: daemons that some GPUs or ways of sharing need. */
int diagnose_services(const struct examined *at);
/* diagnose_files.c: the driver's libraries on the host, and in the root of a container. */
int diagnose_host_files(const struct examined *at);
int diagnose_rootfs(const struct examined *at, const struct davit_files *rootfs);

#endif
