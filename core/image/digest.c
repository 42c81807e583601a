/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and SHA-512, of a whole text at once. Own code, because glibc has none to offer, a crypto
 * library would be loaded by every run (start time is what a user waits for), and the kernel's
 * AF_ALG sockets are closed to many a sandbox.
 *
 * Both are one algorithm on words of different size: their constants are the first 32 and the first
 * 64 bits of the same fractions, so that one table serves both. */
#include "image/digest.h"

#include <string.h>

enum {
  STATE_WORDS = 8,
  BLOCK_WORDS = 16,
  SHA256_ROUNDS = 64,
  SHA512_ROUNDS = 80
};

/* Of the square roots of the first 8 primes. */
static const uint64_t initial[STATE_WORDS] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Of the cube roots of the first 80 primes. */
static const uint64_t round_constants[SHA512_ROUNDS] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static uint64_t load(const uint8_t *bytes, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++)
    word = word << 8 | bytes[i];
  return word;
}

static void store(uint8_t *bytes, size_t count, uint64_t word) {
  for (size_t i = count; i-- > 0; word >>= 8)
    bytes[i] = (uint8_t)word;
}

static uint32_t rotate32(uint32_t word, unsigned by) {
  return word >> by | word << (32 - by);
}

static uint64_t rotate64(uint64_t word, unsigned by) {
  return word >> by | word << (64 - by);
}

static void add_block32(uint32_t state[static STATE_WORDS], const uint8_t *block) {
  uint32_t w[SHA256_ROUNDS];
  for (size_t i = 0; i < BLOCK_WORDS; i++)
    w[i] = (uint32_t)load(block + 4 * i, 4);
  for (size_t i = BLOCK_WORDS; i < SHA256_ROUNDS; i++) {
    uint32_t s0 = rotate32(w[i - 15], 7) ^ rotate32(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate32(w[i - 2], 17) ^ rotate32(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t s[STATE_WORDS];
  memcpy(s, state, sizeof(s));
  for (size_t i = 0; i < SHA256_ROUNDS; i++) {
    uint32_t sum1 = rotate32(s[4], 6) ^ rotate32(s[4], 11) ^ rotate32(s[4], 25);
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t t1 = s[7] + sum1 + choice + (uint32_t)(round_constants[i] >> 32) + w[i];
    uint32_t sum0 = rotate32(s[0], 2) ^ rotate32(s[0], 13) ^ rotate32(s[0], 22);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    memmove(s + 1, s, sizeof(s) - sizeof(s[0]));
    s[4] += t1;
    s[0] = t1 + sum0 + majority;
  }
  for (size_t i = 0; i < STATE_WORDS; i++)
    state[i] += s[i];
}

static void add_block64(uint64_t state[static STATE_WORDS], const uint8_t *block) {
  uint64_t w[SHA512_ROUNDS];
  for (size_t i = 0; i < BLOCK_WORDS; i++)
    w[i] = load(block + 8 * i, 8);
  for (size_t i = BLOCK_WORDS; i < SHA512_ROUNDS; i++) {
    uint64_t s0 = rotate64(w[i - 15], 1) ^ rotate64(w[i - 15], 8) ^ w[i - 15] >> 7;
    uint64_t s1 = rotate64(w[i - 2], 19) ^ rotate64(w[i - 2], 61) ^ w[i - 2] >> 6;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint64_t s[STATE_WORDS];
  memcpy(s, state, sizeof(s));
  for (size_t i = 0; i < SHA512_ROUNDS; i++) {
    uint64_t sum1 = rotate64(s[4], 14) ^ rotate64(s[4], 18) ^ rotate64(s[4], 41);
    uint64_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint64_t t1 = s[7] + sum1 + choice + round_constants[i] + w[i];
    uint64_t sum0 = rotate64(s[0], 28) ^ rotate64(s[0], 34) ^ rotate64(s[0], 39);
    uint64_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    memmove(s + 1, s, sizeof(s) - sizeof(s[0]));
    s[4] += t1;
    s[0] = t1 + sum0 + majority;
  }
  for (size_t i = 0; i < STATE_WORDS; i++)
    state[i] += s[i];
}

/* The rest of a text, a bit 1, zeros, and the length in bits: one block or two. Answers their
 * bytes. No address space holds a text whose length in bits needs more than 64 bits. */
static size_t pad(const uint8_t *rest, size_t left, size_t block_bytes, size_t size,
                  uint8_t *padded) {
  size_t length_bytes = block_bytes / 8;
  size_t total = left + 1 + length_bytes <= block_bytes ? block_bytes : 2 * block_bytes;
  memset(padded, 0, total);
  if (left > 0)
    memcpy(padded, rest, left);
  padded[left] = 0x80;
  store(padded + total - 8, 8, (uint64_t)size << 3);
  return total;
}

void digest_sha256(const void *data, size_t size, uint8_t hash[static SHA256_BYTES]) {
  enum {
    BLOCK = 4 * BLOCK_WORDS
  };
  const uint8_t *bytes = data;
  uint32_t state[STATE_WORDS];
  for (size_t i = 0; i < STATE_WORDS; i++)
    state[i] = (uint32_t)(initial[i] >> 32);
  size_t at = 0;
  for (; size - at >= BLOCK; at += BLOCK)
    add_block32(state, bytes + at);
  uint8_t padded[2 * BLOCK];
  size_t total = pad(size > at ? bytes + at : NULL, size - at, BLOCK, size, padded);
  for (size_t i = 0; i < total; i += BLOCK)
    add_block32(state, padded + i);
  for (size_t i = 0; i < STATE_WORDS; i++)
    store(hash + 4 * i, 4, state[i]);
}

void digest_sha512(const void *data, size_t size, uint8_t hash[static SHA512_BYTES]) {
  enum {
    BLOCK = 8 * BLOCK_WORDS
  };
  const uint8_t *bytes = data;
  uint64_t state[STATE_WORDS];
  memcpy(state, initial, sizeof(state));
  size_t at = 0;
  for (; size - at >= BLOCK; at += BLOCK)
    add_block64(state, bytes + at);
  uint8_t padded[2 * BLOCK];
  size_t total = pad(size > at ? bytes + at : NULL, size - at, BLOCK, size, padded);
  for (size_t i = 0; i < total; i += BLOCK)
    add_block64(state, padded + i);
  for (size_t i = 0; i < STATE_WORDS; i++)
    store(hash + 8 * i, 8, state[i]);
}

/* How many bytes the hash of a digest has, and its digits; 0: not a known digest. */
static size_t split_digest(const char *digest, const char **hex) {
  static const struct {
    const char *prefix;
    size_t bytes;
  } algorithms[] = {{"sha256:", SHA256_BYTES}, {"sha512:", SHA512_BYTES}};
  for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
    size_t length = strlen(algorithms[i].prefix);
    if (strncmp(digest, algorithms[i].prefix, length) != 0)
      continue;
    *hex = digest + length;
    size_t digits = strspn(*hex, "0123456789abcdef");
    return digits == 2 * algorithms[i].bytes && (*hex)[digits] == '\0' ? algorithms[i].bytes : 0;
  }
  return 0;
}

bool digest_is_known(const char *digest) {
  const char *hex;
  return split_digest(digest, &hex) > 0;
}

bool digest_matches(const char *digest, const void *data, size_t size) {
  static const char digits[] = "0123456789abcdef";
  uint8_t hash[SHA512_BYTES];
  const char *hex;
  size_t bytes = split_digest(digest, &hex);
  if (bytes == 0)
    return false;
  if (bytes == SHA256_BYTES)
    digest_sha256(data, size, hash);
  else
    digest_sha512(data, size, hash);
  for (size_t i = 0; i < bytes; i++)
    if (hex[2 * i] != digits[hash[i] >> 4] || hex[2 * i + 1] != digits[hash[i] & 15])
      return false;
  return true;
}
