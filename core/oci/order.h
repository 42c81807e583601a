/* SPDX-License-Identifier: Apache-2.0 */
/* The order of keys in the OCI runtime specification: that of the members of its Go structs
 * (specs-go/config.go), which is what other tools write. */
#ifndef DAVIT_OCI_ORDER_H
#define DAVIT_OCI_ORDER_H

#include <stddef.h>
#include <stdint.h>

#define ORDER_UNKNOWN SIZE_MAX

/* The place of a key in the object at a dotted path ("" is the root). */
size_t order_of(const char *path, const char *key);

#endif
