/* SPDX-License-Identifier: Apache-2.0 */
/* The GNU attributes and the two ownership macros that the code uses. */
#ifndef DAVIT_UTIL_ATTRIBUTES_H
#define DAVIT_UTIL_ATTRIBUTES_H

#include <stddef.h>

#define PRINTF_LIKE(format, first) __attribute__((__format__(__printf__, format, first)))
#define MUST_CHECK                 __attribute__((__warn_unused_result__))
#define UNUSED                     __attribute__((__unused__))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* CLEANUP(free) char *text = ...; runs cleanup_free(&text) when the scope is left. */
#define CLEANUP(kind) __attribute__((__cleanup__(cleanup_##kind)))

/* The value of an owning pointer, which then owns nothing: return STEAL(&list); */
#define STEAL(owner)                         \
  (__extension__({                           \
    __typeof__(*(owner)) stolen_ = *(owner); \
    *(owner) = NULL;                         \
    stolen_;                                 \
  }))

#endif
