/* SPDX-License-Identifier: Apache-2.0 */
/* The devices that there are, and the names by which systemd knows their nodes. */
#include <string.h>

#include "doctor/examination.h"

/* ---- is anything here? ---------------------------------------------------------------------- */

static const struct fault devices_here = {"host.devices", DAVIT_SEV_OK, NULL};
static const struct fault no_device = {
    "host.no-device", DAVIT_SEV_NOTE,
    "services that ask for GPUs fail here; all others run as they would anywhere"};
static const struct fault no_vendor_device = {"host.no-vendor-device", DAVIT_SEV_ERROR,
                                              "services that ask for this vendor's GPUs fail here"};

static bool is_usable(const struct davit_device *device) {
  return !device->unusable && !(device->flags & (DAVIT_DEVICE_GROUP | DAVIT_DEVICE_ALIAS));
}

static int report_unusable(struct examination *exam) {
  const struct davit_device *first = exam->devices[0]->device;
  size_t count = 0;
  while (exam->devices[count])
    count++;
  return report(exam, exam->settings->vendor ? &no_vendor_device : &no_device, NULL,
                "`davit devices` lists each with its reason",
                "no device can be given to a container; of the %zu that are here, %s is not "
                "usable: %s",
                count, first->pci_address ? first->pci_address : first->id,
                first->unusable ? first->unusable : "it stands for others");
}

int examine_devices(struct examination *exam) {
  const char *vendor = exam->settings->vendor;
  size_t usable = 0;
  for (const struct provider_device *const *found = exam->devices; *found; found++)
    usable += is_usable((*found)->device);
  if (usable > 0)
    return report(exam, &devices_here, NULL, NULL, "%zu device%s can be given to containers",
                  usable, usable == 1 ? "" : "s");
  if (exam->devices[0])
    return report_unusable(exam);
  if (vendor)
    return report(exam, &no_vendor_device, NULL,
                  "`davit doctor` without --vendor says what else is here",
                  "no plugin and no CDI file knows a device of vendor \"%s\" on this host", vendor);
  return report(exam, &no_device, NULL, NULL,
                "there is no GPU or other accelerator on this host, as far as the plugins and CDI "
                "files know");
}

/* ---- /dev/char ------------------------------------------------------------------------------ */

static const struct fault dev_char_missing = {
    "host.dev-char-missing", DAVIT_SEV_WARNING,
    "with the systemd cgroup driver a container works until the next `systemctl daemon-reload`, "
    "then fails with \"Failed to initialize NVML: Unknown Error\" or EPERM"};

/* *link is the name that is missing, or NULL. */
static int find_missing_link(struct examination *exam, const char *node, const char **link) {
  CLEANUP(error) struct davit_error why = {0};
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  *link = NULL;
  if (host_stat(exam->settings->host, node, 0, &st, &why) < 0 || st.type != DAVIT_FILE_CHAR)
    return DAVIT_OK; /* what is wrong with it the plugin says */
  const char *name = arena_printf(exam->arena, "/dev/char/%u:%u", st.major, st.minor);
  if (!name)
    return error_memory(exam->err);
  if (type_at(exam, name) != DAVIT_FILE_CHAR)
    *link = name;
  return DAVIT_OK;
}

/* systemd writes the device rules of its units anew at every reload, and finds a device's type by
 * these links. udev makes them for nodes that the kernel announces; others have none. */
int examine_dev_char(struct examination *exam) {
  const char *first_node = NULL, *first_link = NULL;
  size_t missing = 0;
  if (type_at(exam, "/run/systemd/system") != DAVIT_FILE_DIR)
    return DAVIT_OK;
  for (const struct provider_device *const *found = exam->devices; *found; found++) {
    const char *const *node = is_usable((*found)->device) ? (*found)->device->nodes : NULL;
    for (; node && *node; node++) {
      const char *link;
      int answer = find_missing_link(exam, *node, &link);
      if (answer < 0)
        return answer;
      if (link && missing++ == 0) {
        first_node = *node;
        first_link = link;
      }
    }
  }
  if (missing == 0)
    return DAVIT_OK;
  const char *remedy = arena_printf(
      exam->arena,
      "at every boot `nvidia-ctk system create-dev-char-symlinks --create-all` for NVIDIA, or for "
      "each node `ln -s %s %s`; or run containers without --systemd-cgroup",
      first_node, first_link);
  if (!remedy)
    return error_memory(exam->err);
  return report(exam, &dev_char_missing, first_link, remedy,
                "the link to %s is missing, one of %zu that systemd needs", first_node, missing);
}
