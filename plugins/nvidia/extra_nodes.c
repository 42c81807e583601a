/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/read.h"
#include "nvidia/nvidia.h"

#define CODE        "nvidia.node-missing"
#define MIG_FILES   "/proc/driver/nvidia/capabilities/mig/"
#define IMEX_DIR    "/dev/nvidia-caps-imex-channels"
#define IMEX_DRIVER "nvidia-caps-imex-channels"

enum {
  MOST_NUMBERS = 256,       /* of nodes of one name */
  IMEX_CHANNEL_MOST = 2047, /* the driver makes 2048 */
};

static const char *const ON_OFF[] = {"on", "off", NULL};

/* What reaches further than the chosen GPUs is the administrator's to give. */
#define SWITCH(name, key_text, extra_flags, help_text)                \
  const struct davit_option name = {DAVIT_SIZED(struct davit_option), \
                                    .flags = (extra_flags),           \
                                    .key = (key_text),                \
                                    .values = ON_OFF,                 \
                                    .preset = "off",                  \
                                    .help = (help_text)}

SWITCH(MIG_CONFIG_OPTION, "mig-config", DAVIT_OPTION_ADMIN,
       "give the node that changes the MIG configuration of every GPU");
SWITCH(MIG_MONITOR_OPTION, "mig-monitor", DAVIT_OPTION_ADMIN,
       "give the node that watches the MIG instances of every GPU");
SWITCH(NVSWITCH_OPTION, "nvswitch", DAVIT_OPTION_ADMIN,
       "give the nodes of the NVSwitches, for a fabric manager in the container");
SWITCH(GDS_OPTION, "gds", 0,
       "give /dev/nvidia-fs*, /run/udev and /etc/cufile.json (GPUDirect Storage)");
SWITCH(GDRCOPY_OPTION, "gdrcopy", 0, "give /dev/gdrdrv (GDRCopy)");
SWITCH(RDMA_OPTION, "rdma", 0, "give /dev/infiniband/uverbs* and rdma_cm (GPUDirect RDMA)");
const struct davit_option IMEX_CHANNELS_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "imex-channels",
    .help = "numbers of IMEX channels, with commas between (NVLink over several machines)",
};

/* ---- one node ------------------------------------------------------------------------------- */

/* Of a driver by its name in /proc/devices; a number that no driver has if it is not there. */
static int driver_major(const struct davit_host *h, const char *name, uint64_t *major) {
  const char *text;
  int rc = read_text(h, "/proc/devices", &text);
  *major = UINT64_MAX;
  for (const char *line = text; rc >= 0 && line && *line;) {
    size_t length = strcspn(line, "\n");
    if (strncmp(line, "Block devices:", length) == 0 && length > 0)
      break;
    const char *words = line + strspn(line, " ");
    size_t digits = strspn(words, "0123456789");
    if (digits > 0 && words[digits] == ' ' &&
        strlen(name) == length - (size_t)(words - line) - digits - 1 &&
        strncmp(words + digits + 1, name, strlen(name)) == 0)
      *major = strtoull(words, NULL, 10);
    line += length + (line[length] == '\n');
  }
  return rc;
}

struct request { /* of an option */
  const char *option;
  const char *driver; /* its name in /proc/devices; NULL: not looked at */
  const char *remedy;
};

/* A node that was made by hand, or in another boot, may lead to any driver. */
static int check_major(const struct davit_host *h, const struct request *request, const char *path,
                       const struct davit_stat *st) {
  uint64_t major;
  int rc = request->driver ? driver_major(h, request->driver, &major) : DAVIT_OK;
  if (rc < 0 || !request->driver || major == st->major)
    return rc;
  if (major == UINT64_MAX)
    return h->fail(h, DAVIT_E_NOT_FOUND, CODE, request->option, request->remedy,
                   "the driver %s is not in /proc/devices, so %s is nobody's node", request->driver,
                   path);
  return h->fail(h, DAVIT_E_INVALID, CODE, request->option, "remove the node and make it anew",
                 "%s is %u:%u, but the driver %s has the major number %llu", path, st->major,
                 st->minor, request->driver, (unsigned long long)major);
}

/* `may_lack`: a host without the node is as good. */
static int add_checked(const struct davit_host *h, const struct davit_edits *edits,
                       const struct request *request, const char *path, bool may_lack) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat)};
  if (!path)
    return DAVIT_E_MEMORY;
  int rc = h->files->stat_path(h->files, path, 0, &st);
  if (rc == DAVIT_E_MEMORY)
    return rc;
  if (rc < 0 || st.type != DAVIT_FILE_CHAR)
    return may_lack ? DAVIT_OK
                    : h->fail(h, DAVIT_E_NOT_FOUND, CODE, request->option, request->remedy,
                              "nvidia:%s asks for %s, which is no device node of this host",
                              request->option, path);
  rc = check_major(h, request, path, &st);
  return rc < 0 ? rc : add_node(edits, path);
}

/* ---- nodes with numbers --------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
  const uint64_t *left = a, *right = b;
  return (*left > *right) - (*left < *right);
}

/* DIR/PREFIX0, DIR/PREFIX1, ... as they are there, at least one. */
static int add_numbered(const struct davit_host *h, const struct davit_edits *edits,
                        const struct request *request, const char *dir, const char *prefix) {
  uint64_t *numbers = h->scratch(h, MOST_NUMBERS * sizeof(*numbers));
  const char *const *names;
  size_t count = 0;
  int rc = numbers ? read_dir(h, dir, &names) : DAVIT_E_MEMORY;
  for (; rc >= 0 && *names; names++)
    if (count < MOST_NUMBERS && name_number(*names, prefix, UINT32_MAX, &numbers[count]))
      count++;
  if (rc < 0)
    return rc;
  if (count == 0)
    return add_checked(h, edits, request, h->format(h, "%s/%s0", dir, prefix), false);
  qsort(numbers, count, sizeof(*numbers), by_number);
  for (size_t i = 0; rc >= 0 && i < count; i++)
    rc = add_checked(h, edits, request,
                     h->format(h, "%s/%s%llu", dir, prefix, (unsigned long long)numbers[i]), false);
  return rc;
}

/* ---- each option ---------------------------------------------------------------------------- */

static int add_mig(const struct davit_host *h, const struct davit_edits *edits, const char *option,
                   const char *file) {
  const char *node, *fault = NULL;
  if (!option_is(h, option, "on"))
    return DAVIT_OK;
  int rc = mig_read_capability(h, file, &node, &fault);
  if (rc < 0)
    return rc;
  if (fault)
    return h->fail(h, DAVIT_E_NOT_FOUND, CODE, option, "MIG needs a driver and a GPU that have it",
                   "%s", fault);
  const struct request request = {option, "nvidia-caps", "load the module nvidia"};
  return add_checked(h, edits, &request, node, false);
}

static int add_nvswitch(const struct davit_host *h, const struct davit_edits *edits) {
  const struct request request = {"nvswitch", "nvidia-nvswitch", "run nvidia-modprobe -s as root"};
  const struct request nvlink = {"nvswitch", "nvidia-nvlink", "run nvidia-modprobe -l as root"};
  if (!option_is(h, request.option, "on"))
    return DAVIT_OK;
  int rc = add_checked(h, edits, &request, "/dev/nvidia-nvswitchctl", false);
  if (rc >= 0)
    rc = add_numbered(h, edits, &request, "/dev", "nvidia-nvswitch");
  return rc < 0 ? rc : add_checked(h, edits, &nvlink, "/dev/nvidia-nvlink", true);
}

static int add_imex_channel(const struct davit_host *h, const struct davit_edits *edits,
                            const char *channel) {
  uint64_t number, major;
  if (!number_parse(channel, 10, IMEX_CHANNEL_MOST, &number))
    return h->fail(h, DAVIT_E_INVALID, "plugin.option", "imex-channels",
                   "write numbers from 0 to 2047, with commas between: 0,1",
                   "\"%s\" is not the number of an IMEX channel", channel);
  int rc = driver_major(h, IMEX_DRIVER, &major);
  if (rc < 0)
    return rc;
  const char *path = h->format(h, IMEX_DIR "/channel%llu", (unsigned long long)number);
  if (!path)
    return DAVIT_E_MEMORY;
  const char *remedy = "load the module nvidia with NVreg_ImexChannelCount above 0";
  if (major != UINT64_MAX)
    remedy = h->format(h, "run mkdir -p " IMEX_DIR " && mknod %s c %llu %llu as root", path,
                       (unsigned long long)major, (unsigned long long)number);
  const struct request request = {"imex-channels", IMEX_DRIVER, remedy};
  return remedy ? add_checked(h, edits, &request, path, false) : DAVIT_E_MEMORY;
}

static int add_imex(const struct davit_host *h, const struct davit_edits *edits) {
  const char *list = option_text(h, "imex-channels");
  int rc = DAVIT_OK;
  while (rc >= 0 && list) {
    size_t length = strcspn(list, ",");
    const char *channel = h->format(h, "%.*s", (int)length, list);
    rc = channel ? add_imex_channel(h, edits, channel) : DAVIT_E_MEMORY;
    list = list[length] ? list + length + 1 : NULL;
  }
  return rc;
}

static int mount_if_there(const struct davit_host *h, const struct davit_edits *edits,
                          const char *path) {
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = path,
                                    .container_path = path};
  uint32_t type;
  int rc = path_type(h, path, &type);
  return rc < 0 || type == DAVIT_FILE_OTHER ? rc : edits->add_mount(edits, &mount);
}

/* libcufile finds out through udev's database which disks it can reach. */
static int add_gds(const struct davit_host *h, const struct davit_edits *edits) {
  const struct request request = {"gds", NULL, "load the module: modprobe nvidia-fs"};
  if (!option_is(h, request.option, "on"))
    return DAVIT_OK;
  int rc = add_numbered(h, edits, &request, "/dev", "nvidia-fs");
  if (rc >= 0)
    rc = mount_if_there(h, edits, "/run/udev");
  return rc < 0 ? rc : mount_if_there(h, edits, "/etc/cufile.json");
}

static int add_rdma(const struct davit_host *h, const struct davit_edits *edits) {
  const struct request request = {
      "rdma", NULL, "load the modules of the adapter and: modprobe -a ib_uverbs rdma_ucm"};
  if (!option_is(h, request.option, "on"))
    return DAVIT_OK;
  int rc = add_numbered(h, edits, &request, "/dev/infiniband", "uverbs");
  return rc < 0 ? rc : add_checked(h, edits, &request, "/dev/infiniband/rdma_cm", false);
}

int extra_nodes_add(const struct davit_host *h, const struct davit_edits *edits) {
  const struct request gdrcopy = {"gdrcopy", NULL, "load the module: modprobe gdrdrv"};
  int rc = add_mig(h, edits, "mig-config", MIG_FILES "config");
  if (rc < 0 || (rc = add_mig(h, edits, "mig-monitor", MIG_FILES "monitor")) < 0 ||
      (rc = add_nvswitch(h, edits)) < 0 || (rc = add_imex(h, edits)) < 0 ||
      (rc = add_gds(h, edits)) < 0)
    return rc;
  if (option_is(h, gdrcopy.option, "on"))
    rc = add_checked(h, edits, &gdrcopy, "/dev/gdrdrv", false);
  return rc < 0 ? rc : add_rdma(h, edits);
}
