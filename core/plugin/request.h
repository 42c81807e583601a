/* SPDX-License-Identifier: Apache-2.0 */
/* A request for devices, as a service file or the command line makes it. */
#ifndef DAVIT_PLUGIN_REQUEST_H
#define DAVIT_PLUGIN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oci/source.h"
#include "util/error.h"

/* A text and where it was written. */
struct request_text {
  const char *text;
  struct where at;
  struct oci_source source;
  bool is_pattern; /* of a device: every one whose full name fits the shell pattern */
};

/* Who may answer for a kind that a CDI spec describes (design: "Who serves a request"). */
enum cdi_policy {
  CDI_AUTO,
  CDI_PREFER,
  CDI_REQUIRE,
  CDI_OFF
};

/* An option of a plugin, from the GPU part of a service ("mps-pipe-dir") or the command line
 * (NAME:KEY=VALUE). */
struct request_option {
  const char *plugin; /* NULL: of the vendor's plugin */
  const char *key;
  const char *value;
  struct where at;
};

enum {
  REQUEST_MAX_DEVICES = 1024
};

struct device_request {
  struct request_text vendor; /* as asked: "nvidia", "0x1e52", "acme.com/npu" */
  uint32_t count;             /* 0: not given */
  struct where count_at;
  const struct request_text *devices; /* ids, names, "all", in the order asked */
  size_t device_count;                /* 0: the first `count` */
  struct request_text model;          /* text NULL: any */
  bool may_repeat; /* several names of one device are no mistake, as in CDI: it is given once */
  bool optional;   /* required: false */
  struct request_text sharing; /* text NULL: "exclusive" */
  struct {
    uint64_t bytes; /* 0: no limit */
    struct where at;
    struct oci_source source;
  } memory_limit;                       /* of each device */
  uint32_t share_most;                  /* containers that may share a device; 0: any number */
  const struct request_option *options; /* of the vendor's plugin, from the service file */
  size_t option_count;
  struct where at; /* the request as a whole */
  struct oci_source source;
};

#endif
