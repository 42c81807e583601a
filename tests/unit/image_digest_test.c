/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of FIPS 180-4 (NIST's "SHA256.pdf", "SHA512.pdf") and of its test files, and every
 * length around the ends of blocks. */
#include "testing.h"

#include <stdio.h>

#include "image/digest.h"
#include "util/attributes.h"

static const char blocks448[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char blocks896[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                                "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

static const struct {
  const char *text, *digest;
} vectors[] = {
    {"", "sha256:"
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "sha256:"
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {blocks448, "sha256:"
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {blocks896, "sha256:"
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {"", "sha512:"
         "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
         "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"abc", "sha512:"
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {blocks448, "sha512:"
                "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
                "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
    {blocks896, "sha512:"
                "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

START_TEST(knows_the_standards_examples) {
  ck_assert(digest_is_known(vectors[_i].digest));
  ck_assert_msg(digest_matches(vectors[_i].digest, vectors[_i].text, strlen(vectors[_i].text)),
                "%s of \"%s\"", vectors[_i].digest, vectors[_i].text);
}
END_TEST

START_TEST(takes_a_million_letters) {
  static char text[1000000];
  memset(text, 'a', sizeof(text));
  ck_assert(
      digest_matches("sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
                     text, sizeof(text)));
  ck_assert(digest_matches("sha512:e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                           "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
                           text, sizeof(text)));
}
END_TEST

/* The hash of the hashes of "", "a", "aa", ... up to 300 letters: padding at every place of a
 * block. The expected values are those of another implementation. */
START_TEST(pads_every_length) {
  static char text[300];
  static uint8_t hashes256[301 * SHA256_BYTES], hashes512[301 * SHA512_BYTES];
  memset(text, 'a', sizeof(text));
  for (size_t i = 0; i <= sizeof(text); i++) {
    digest_sha256(text, i, hashes256 + i * SHA256_BYTES);
    digest_sha512(text, i, hashes512 + i * SHA512_BYTES);
  }
  ck_assert(
      digest_matches("sha256:e8e4a8cfe049153f6f930f2156161a5b19bb9b3dc4b698c20e4d44a29d7f9526",
                     hashes256, sizeof(hashes256)));
  ck_assert(digest_matches("sha512:b0252e29bae50b5a42c84d684a695d3ce9eb9f45564b98f09503ce01bcdc907c"
                           "14d2fad620cea072e46915da1321a945dee073b717b9c105a6a57beb402eddc5",
                           hashes512, sizeof(hashes512)));
}
END_TEST

START_TEST(sees_a_changed_bit) {
  char text[] = "abc";
  for (size_t bit = 0; bit < 24; bit++) {
    text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
    ck_assert(!digest_matches(vectors[1].digest, text, 3));
    text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
  }
  ck_assert(!digest_matches(vectors[1].digest, text, 2));
}
END_TEST

#define HEX32 "0123456789abcdef0123456789abcdef"

static const char *const strange[] = {
    "",
    "sha256",
    "sha256:",
    "sha256:" HEX32,
    "sha256:" HEX32 HEX32 "0",
    "sha256:" HEX32 "0123456789ABCDEF0123456789ABCDEF",
    "sha256:" HEX32 "../../../../../../../../etc/pass",
    "SHA256:" HEX32 HEX32,
    "sha512:" HEX32 HEX32,
    "sha384:" HEX32 HEX32 HEX32,
    "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
};

START_TEST(refuses_other_forms) {
  ck_assert_msg(!digest_is_known(strange[_i]), "%s", strange[_i]);
  ck_assert(!digest_matches(strange[_i], "", 0));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("image/digest");
  TCase *tests = tcase_create("digest");
  tcase_add_loop_test(tests, knows_the_standards_examples, 0, (int)ARRAY_LEN(vectors));
  tcase_add_test(tests, takes_a_million_letters);
  tcase_add_test(tests, pads_every_length);
  tcase_add_test(tests, sees_a_changed_bit);
  tcase_add_loop_test(tests, refuses_other_forms, 0, (int)ARRAY_LEN(strange));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
