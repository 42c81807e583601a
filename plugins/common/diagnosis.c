/* SPDX-License-Identifier: Apache-2.0 */
#include "common/diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/caller.h"
#include "common/drm.h"
#include "common/read.h"

int diagnosis_add(const struct diagnosis *d, const struct fault *fault, const char *subject,
                  const char *remedy, const char *format, ...) {
  if (!remedy)
    return DAVIT_E_MEMORY;
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = length < 0 ? NULL : d->h->scratch(d->h, (size_t)length + 1);
  if (text)
    vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  if (!text)
    return DAVIT_E_MEMORY;
  const struct davit_finding finding = {DAVIT_SIZED(struct davit_finding),
                                        .severity = fault->severity,
                                        .code = fault->code,
                                        .subject = subject,
                                        .text = text,
                                        .remedy = remedy[0] ? remedy : NULL,
                                        .why = fault->why};
  return d->out->add(d->out, &finding);
}

/* ---- binding -------------------------------------------------------------------------------- */

bool pci_is_reserved(const struct pci_function *function) {
  return function->driver &&
         (strstr(function->driver, "vfio") || strcmp(function->driver, "pci-stub") == 0);
}

int diagnose_binding(const struct diagnosis *d, const struct pci_function *function,
                     const struct binding_faults *faults) {
  if (pci_is_reserved(function))
    return diagnosis_add(
        d, faults->reserved, function->name,
        d->h->format(d->h, "to use it in containers take it from %s: `driverctl unset-override %s`",
                     function->driver, function->name),
        "it is bound to %s", function->driver);
  return diagnosis_add(
      d, faults->unbound, function->name,
      "`dmesg` says why the driver does not take it: a chip that is too new or too "
      "old for it, a fault of the device, or another driver that was first",
      "it is bound to %s%s", function->driver ? "" : "no driver",
      function->driver ? function->driver : "");
}

/* ---- modules -------------------------------------------------------------------------------- */

int diagnose_module(const struct diagnosis *d, const char *module,
                    const struct module_faults *faults, bool *loaded) {
  const struct davit_host *h = d->h;
  uint32_t state;
  int rc = h->kernel_module(h, module, &state);
  if (rc < 0)
    return rc;
  *loaded = state == DAVIT_KMOD_LIVE || state == DAVIT_KMOD_BUILTIN;
  switch (state) {
  case DAVIT_KMOD_LIVE:
  case DAVIT_KMOD_BUILTIN:
    return DAVIT_OK;
  case DAVIT_KMOD_BLACKLISTED:
    return diagnosis_add(
        d, faults->blacklisted, NULL,
        h->format(h,
                  "take its line out of /etc/modprobe.d (`grep -r %s /etc/modprobe.d`), then "
                  "`update-initramfs -u` and `modprobe %s`",
                  module, module),
        "the module %s is on the host's blacklist", module);
  case DAVIT_KMOD_LOADABLE:
    return diagnosis_add(
        d, faults->not_loaded, NULL,
        h->format(h,
                  "`modprobe %s`; if it refuses, `dmesg` says why (Secure Boot: \"Key was "
                  "rejected by service\")",
                  module),
        "the module %s is not loaded", module);
  case DAVIT_KMOD_CHANGING:
    return diagnosis_add(d, faults->not_loaded, NULL,
                         "look again in a moment; `dmesg` says whether it hangs",
                         "the module %s is being loaded or unloaded", module);
  default:
    return diagnosis_add(d, faults->missing, NULL, faults->install,
                         "the module %s is not loaded, and none for this kernel is found", module);
  }
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static const char *how_to_open(const struct davit_host *h, const char *path,
                               const struct davit_stat *st) {
  if (st->gid == 0)
    return h->format(h,
                     "`chgrp render %s` and `chmod 0660 %s`, as udev's rules do at every boot, and "
                     "`usermod -aG render USER`, then log in anew",
                     path, path);
  return h->format(h,
                   "make the user a member of the group that owns it (`getent group %u` names it): "
                   "`usermod -aG GROUP USER`, then log in anew",
                   st->gid);
}

static int diagnose_access(const struct diagnosis *d, const char *path, const struct davit_stat *st,
                           const struct fault *fault) {
  struct caller caller;
  int rc = caller_read(d->h, &caller);
  if (rc < 0 || caller_may_open(&caller, st))
    return rc;
  return diagnosis_add(d, fault, path, how_to_open(d->h, path, st),
                       "mode %04o, owner %u:%u: uid %llu, who runs davit, may not open it",
                       st->mode, st->uid, st->gid, (unsigned long long)caller.uid);
}

static int report_numbers(const struct diagnosis *d, const struct node_wanted *node,
                          const struct davit_stat *st, const struct fault *fault) {
  const char *remedy = d->h->format(d->h, "`rm %s`, then %s", node->path, node->make);
  unsigned long long major = node->major, minor = node->minor;
  if (st->type != DAVIT_FILE_CHAR)
    return diagnosis_add(d, fault, node->path, remedy,
                         "it is not the driver's device %llu:%llu, nor any", major, minor);
  return diagnosis_add(d, fault, node->path, remedy,
                       "it is %u:%u, but the driver's device is %llu:%llu", st->major, st->minor,
                       major, minor);
}

int diagnose_node(const struct diagnosis *d, const struct node_wanted *node,
                  const struct node_faults *faults, bool *good) {
  const struct davit_host *h = d->h;
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  *good = false;
  int rc = h->files->stat_path(h->files, node->path, 0, &st);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0)
    return diagnosis_add(d, faults->missing, node->path, node->make,
                         "there is no such device node");
  if (st.type != DAVIT_FILE_CHAR || st.major != node->major || st.minor != node->minor)
    return report_numbers(d, node, &st, faults->numbers);
  *good = true;
  return faults->denied ? diagnose_access(d, node->path, &st, faults->denied) : DAVIT_OK;
}

int find_major(const struct davit_host *h, const char *name, bool *there, uint64_t *major) {
  const char *line;
  int rc = read_text(h, "/proc/devices", &line);
  *there = false;
  while (rc >= 0 && line && *line) {
    size_t length = strcspn(line, "\n");
    if (strncmp(line, "Block", 5) == 0)
      break;
    const char *number = line + strspn(line, " ");
    size_t digits = strspn(number, "0123456789");
    size_t rest = length - (size_t)(number - line) - digits;
    const char *blank = number + digits;
    if (digits > 0 && digits < 10 && rest == strlen(name) + 1 && *blank == ' ' &&
        strncmp(blank + 1, name, rest - 1) == 0) {
      char text[10];
      memcpy(text, number, digits);
      text[digits] = '\0';
      *there = number_parse(text, 10, UINT32_MAX, major);
      return DAVIT_OK;
    }
    line += length + (line[length] == '\n');
  }
  return rc;
}

/* ---- DRM ------------------------------------------------------------------------------------ */

/* "226:128" of a node's attributes in sysfs; false if it is not of that form. */
static bool parse_numbers(const char *text, struct node_wanted *node) {
  const char *colon = text ? strchr(text, ':') : NULL;
  char major[12];
  if (!colon || (size_t)(colon - text) >= sizeof(major))
    return false;
  memcpy(major, text, (size_t)(colon - text));
  major[colon - text] = '\0';
  return number_parse(major, 10, UINT32_MAX, &node->major) &&
         number_parse(colon + 1, 10, UINT32_MAX, &node->minor);
}

static int diagnose_drm_node(const struct diagnosis *d, const char *device_dir, const char *path,
                             const struct node_faults *faults) {
  const char *numbers;
  const char *dir = d->h->format(d->h, "%s/drm/%s", device_dir, strrchr(path, '/') + 1);
  int rc = dir ? read_attribute(d->h, dir, "dev", &numbers) : DAVIT_E_MEMORY;
  struct node_wanted wanted = {.path = path, .make = "`udevadm trigger --subsystem-match=drm`"};
  bool good;
  if (rc < 0 || !parse_numbers(numbers, &wanted))
    return rc;
  return diagnose_node(d, &wanted, faults, &good);
}

int diagnose_drm(const struct diagnosis *d, const char *device_dir,
                 const struct node_faults *faults, bool *renders) {
  struct drm_nodes nodes;
  int rc = drm_nodes(d->h, device_dir, &nodes);
  if (rc >= 0 && nodes.render.path)
    rc = diagnose_drm_node(d, device_dir, nodes.render.path, faults);
  if (rc >= 0)
    *renders = nodes.render.path;
  return rc;
}
