/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin without a fault: as many devices as its option says, one sharing mode, all kinds of
 * options. */
#include <string.h>

#include "toy.h"

static int enumerate(struct davit_instance *self, const struct davit_query *query,
                     const struct davit_devices *out) {
  const struct davit_host *host = self->host;
  (void)query;
  const char *digits = host->option(host, "devices")[0];
  uint32_t count = 0;
  for (; *digits; digits++) {
    if (*digits < '0' || *digits > '9')
      return host->fail(host, DAVIT_E_INVALID, "good.devices", "devices", "give a number",
                        "\"%s\" is no number of devices", host->option(host, "devices")[0]);
    count = count * 10 + (uint32_t)(*digits - '0');
  }
  for (uint32_t i = 0; i < count; i++) {
    const char *const nodes[] = {host->format(host, "/dev/acme%u", i), NULL};
    const struct davit_device device = {
        DAVIT_SIZED(struct davit_device),
        .flags = DAVIT_DEVICE_INDEX,
        .index = i,
        .id = host->format(host, "%u", i),
        .kind = "acme.com/npu",
        .vendor = "acme",
        .uuid = host->format(host, "NPU-%04u", i),
        .pci_address = host->format(host, "0000:%02x:00.0", i + 1),
        .model = "Acme NPU",
        .nodes = nodes,
    };
    if (!nodes[0] || !device.id || !device.uuid || !device.pci_address)
      return DAVIT_E_MEMORY;
    int answer = out->add(out, &device);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

static int share(struct davit_instance *self, const struct davit_request *request,
                 const struct davit_edits *edits) {
  const struct davit_host *host = self->host;
  if (strcmp(request->sharing, "turns") != 0)
    return host->fail(host, DAVIT_E_UNSUPPORTED, "good.sharing", NULL, "ask for turns",
                      "there is no sharing \"%s\"", request->sharing);
  return edits->set(edits, DAVIT_SET_ENV, "ACME_TURN", host->option(host, "turn")[0], 0);
}

static const char *const levels[] = {"low", "high", NULL};
static const char *const sharing[] = {"turns", NULL};
static const struct davit_option devices_option = {
    DAVIT_SIZED(struct davit_option), .key = "devices", .preset = "2", .help = "how many"};
static const struct davit_option level_option = {DAVIT_SIZED(struct davit_option), .key = "level",
                                                 .values = levels, .preset = "low",
                                                 .help = "how much"};
static const struct davit_option turn_option = {DAVIT_SIZED(struct davit_option), .key = "turn",
                                                .preset = "0", .help = "whose turn it is"};
static const struct davit_option tag_option = {DAVIT_SIZED(struct davit_option),
                                               .flags = DAVIT_OPTION_REPEATS, .key = "tag",
                                               .help = "any text"};
static const struct davit_option dir_option = {DAVIT_SIZED(struct davit_option),
                                               .flags = DAVIT_OPTION_REPEATS | DAVIT_OPTION_ADMIN,
                                               .key = "dir", .help = "a directory"};
static const struct davit_option *const options[] = {&devices_option, &level_option, &turn_option,
                                                     &tag_option,     &dir_option,   NULL};

static const struct davit_plugin good = {TOY_HEAD(struct davit_plugin),
                                         TOY_BODY("good"),
                                         .open = toy_open,
                                         .options = options,
                                         .sharing = sharing,
                                         .enumerate = enumerate,
                                         .inject = toy_inject,
                                         .share = share};
TOY_ENTRY(good)
