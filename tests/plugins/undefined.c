/* SPDX-License-Identifier: Apache-2.0 */
/* Linked without -z defs, so that nobody noticed what is missing. */
#include "toy.h"

int acme_function_that_nobody_has(void);

static int inject(struct davit_instance *self, const struct davit_request *request,
                  const struct davit_edits *edits) {
  (void)self;
  (void)request;
  (void)edits;
  return acme_function_that_nobody_has();
}

static const struct davit_plugin undefined = {TOY_HEAD(struct davit_plugin), TOY_BODY("undefined"),
                                              .open = toy_open, .enumerate = toy_enumerate,
                                              .inject = inject};
TOY_ENTRY(undefined)
