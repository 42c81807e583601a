/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a context of libdavit, and one call with it. */
#ifndef DAVIT_API_CONTEXT_H
#define DAVIT_API_CONTEXT_H

#include "api/session.h"
#include "davit/davit.h"

struct davit {
  struct session session; /* options; calls work on a copy */
  struct davit_error err; /* of the latest call */
  davit_message_fn *message;
  void *user;
};

/* Forgets the problems of the call before. */
struct davit_error *context_begin(struct davit *davit);

/* One call: the session with an arena of its own, and what is made in it. */
struct run {
  struct session session;
  struct davit_error *err;
  const char *bundle; /* where a bundle is written; NULL: none is */
  struct rootfs rootfs;
  struct oci *oci;
  struct list files;
};

struct run run_begin(struct davit *davit);
void cleanup_run(struct run *run);
/* Loads the service file and renders the service that the options choose. */
int run_service(struct run *run, const char *name, const char *text, size_t size) MUST_CHECK;

#endif
