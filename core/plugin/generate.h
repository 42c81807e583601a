/* SPDX-License-Identifier: Apache-2.0 */
/* A CDI spec made of what a plugin would do to containers: its devices are enumerated, each is
 * injected by itself and all of them together, and what comes of that is written down. */
#ifndef DAVIT_PLUGIN_GENERATE_H
#define DAVIT_PLUGIN_GENERATE_H

#include "doc/write.h"
#include "plugin/provide.h"

struct generate_request {
  const char *vendor; /* NULL: the only one that has devices here */
  const char *kind;   /* NULL: the devices' own; else one of theirs, or a new name for it */
};

/* Devices with their edits, struct edit of plugin/edit.h. */
struct generated_device {
  const char *name;
  struct list edits; /* const struct edit * */
};

struct generated_spec {
  const char *kind;
  struct list edits;   /* right for any of the devices and for all */
  struct list devices; /* const struct generated_device *, at least one */
};

/* What a CDI file cannot say is left out of it, or said as nearly as can be: a warning names it
 * ("cdi.left-out", "cdi.inexact"), and so it names devices that cannot be given to a container.
 * No device at all: "cdi.no-devices". */
int generate_spec(struct providers *providers, struct arena *arena,
                  const struct generate_request *request, const struct generated_spec **spec,
                  struct davit_error *err) MUST_CHECK;

/* "cdi.would-conflict": another file of that directory (absolute, without links) defines a device
 * of the spec, so that neither could be used. `path` is the one that will be written or replaced.
 */
int generate_check_place(struct providers *providers, struct arena *arena,
                         const struct generated_spec *spec, const char *path,
                         struct davit_error *err) MUST_CHECK;

/* The oldest version of the format that has everything which the spec uses. */
const char *generated_version(const struct generated_spec *spec);
/* The spec as text, freed with free(). */
int generated_print(const struct generated_spec *spec, enum doc_format format, char **text,
                    size_t *size, struct davit_error *err) MUST_CHECK;

#endif
