/* SPDX-License-Identifier: Apache-2.0 */
/* From before there was sharing: the table ends after inject(). What lies behind it is none of
 * davit's business. */
#include "toy.h"

static int must_not_be_called(struct davit_instance *self, const struct davit_request *request,
                              const struct davit_edits *edits) {
  (void)self;
  (void)request;
  (void)edits;
  return DAVIT_E_FAILED;
}

static const struct davit_plugin older = {.magic = DAVIT_ABI_MAGIC,
                                          .struct_size = offsetof(struct davit_plugin, share),
                                          .abi_major = DAVIT_ABI_MAJOR,
                                          .abi_minor = DAVIT_ABI_MINOR,
                                          TOY_BODY("older"),
                                          .open = toy_open,
                                          .enumerate = toy_enumerate,
                                          .inject = toy_inject,
                                          .share = must_not_be_called};
TOY_ENTRY(older)
