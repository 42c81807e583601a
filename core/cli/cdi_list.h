/* SPDX-License-Identifier: Apache-2.0 */
/* What `davit cdi list` shows, and its two forms. */
#ifndef DAVIT_CLI_CDI_LIST_H
#define DAVIT_CLI_CDI_LIST_H

#include "cdi/definitions.h"
#include "cli/cdi_specs.h"

enum cdi_list {
  CDI_LIST_DEVICES,
  CDI_LIST_VENDORS,
  CDI_LIST_CLASSES,
  CDI_LIST_SPECS,
  CDI_LIST_DIRS
};

/* A vendor with its classes, or a class with its vendors. */
struct cdi_group {
  const char *name;
  struct list members; /* const char *, sorted */
  size_t device_count; /* different ones */
};

struct cdi_listing {
  const struct index *index;
  struct list definitions; /* struct definition */
  struct list vendors;     /* struct cdi_group, sorted */
  struct list classes;     /* struct cdi_group, sorted */
  struct list files;       /* struct spec_file, by ascending priority */
};

/* `patterns` (list) are names or globs of vendors, kinds or devices; with none all is listed. A
 * broken file is listed unless its kind is known and not asked for. */
int cdi_listing_make(struct arena *arena, const struct index *index, const char *const *patterns,
                     struct cdi_listing *listing, struct davit_error *err) MUST_CHECK;
/* Warnings of what could not be read. */
void cdi_listing_warn(const struct cdi_listing *listing, const struct log *log);

/* One list after the other on stdout; `lists` 0: the devices. */
int cdi_list_text(struct cli *cli, const struct cdi_listing *listing,
                  struct davit_error *err) MUST_CHECK;
/* An object with the lists; `lists` 0: with all. */
int cdi_list_json(const struct cdi_listing *listing, unsigned lists,
                  struct davit_error *err) MUST_CHECK;

#endif
