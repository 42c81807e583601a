/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of content, as OCI descriptors write them: "sha256:<hex>" and "sha512:<hex>". */
#ifndef DAVIT_IMAGE_DIGEST_H
#define DAVIT_IMAGE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  SHA256_BYTES = 32,
  SHA512_BYTES = 64
};

/* FIPS 180-4. */
void digest_sha256(const void *data, size_t size, uint8_t hash[static SHA256_BYTES]);
void digest_sha512(const void *data, size_t size, uint8_t hash[static SHA512_BYTES]);

/* One of the two algorithms, and as many small hexadecimal digits as it has: the text is then safe
 * as part of a path. */
bool digest_is_known(const char *digest);
/* Of a known digest. */
bool digest_matches(const char *digest, const void *data, size_t size);

#endif
