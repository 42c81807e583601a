/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/capability.h"

#include <string.h>

#include "common/instance.h"

#define VARIABLE "NVIDIA_DRIVER_CAPABILITIES"
#define WORDS    "compute, utility, graphics, video, display, ngx, compat32 or all"

enum {
  ALL = COMPUTE | UTILITY | GRAPHICS | VIDEO | DISPLAY | NGX | COMPAT32
};

static const struct {
  const char *word;
  uint32_t bit;
  uint32_t needs; /* does not work without */
} known[] = {
    {"compute", COMPUTE, 0},        {"utility", UTILITY, 0},
    {"graphics", GRAPHICS, 0},      {"video", VIDEO, COMPUTE},
    {"display", DISPLAY, GRAPHICS}, {"ngx", NGX, 0},
    {"compat32", COMPAT32, 0},      {"all", ALL, 0},
};

static uint32_t bits_of(const char *word, size_t length) {
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
    if (strlen(known[i].word) == length && memcmp(known[i].word, word, length) == 0)
      return known[i].bit | known[i].needs;
  return 0;
}

/* A list with commas. *unknown is the first word that is none, or NULL. */
static int parse(const struct davit_host *h, const char *text, uint32_t *bits,
                 const char **unknown) {
  *bits = 0;
  *unknown = NULL;
  for (;;) {
    size_t length = strcspn(text, ",");
    uint32_t more = bits_of(text, length);
    if (!more && !*unknown && !(*unknown = h->format(h, "%.*s", (int)length, text)))
      return DAVIT_E_MEMORY;
    *bits |= more;
    if (!text[length])
      return DAVIT_OK;
    text += length + 1;
  }
}

/* An image may ask for what came after this davit. */
static int ask_image(const struct davit_host *h, const char *text, uint32_t *capabilities) {
  const char *unknown;
  int rc = parse(h, text, capabilities, &unknown);
  if (rc >= 0 && unknown)
    h->log(h, DAVIT_LOG_WARNING, NULL,
           VARIABLE " of the container has \"%s\", which is not " WORDS ": it is left out",
           unknown);
  return rc;
}

int capabilities_asked(const struct davit_host *h, const struct davit_request *req,
                       uint32_t *capabilities) {
  const char *text = option_text(h, "driver-capabilities"), *unknown;
  if (text) {
    int rc = parse(h, text, capabilities, &unknown);
    if (rc < 0 || !unknown)
      return rc;
    return h->fail(h, DAVIT_E_INVALID, "plugin.option", "driver-capabilities",
                   "write " WORDS ", with commas between", "\"%s\" is not a driver capability",
                   unknown);
  }
  if (req->flags & DAVIT_REQUEST_GENERATE) { /* for containers of any kind, as the vendor's tool */
    *capabilities = ALL & ~(uint32_t)COMPAT32;
    return DAVIT_OK;
  }
  text = req->container->env(req->container, VARIABLE);
  if (text && *text)
    return ask_image(h, text, capabilities);
  *capabilities = UTILITY | COMPUTE;
  return DAVIT_OK;
}

const char *capabilities_text(const struct davit_host *h, uint32_t capabilities) {
  const char *text = "";
  for (size_t i = 0; text && i < sizeof(known) / sizeof(known[0]); i++)
    if (known[i].bit != ALL && (known[i].bit & capabilities))
      text = h->format(h, "%s%s%s", text, *text ? " or " : "", known[i].word);
  return text;
}
