/* SPDX-License-Identifier: Apache-2.0 */
/* Image layouts, made by the test. Expectations: image-spec, image-layout.md and image-index.md. */
#include "scratch_dir.h"
#include "testing.h"

#include <stdbool.h>
#include <unistd.h>

#include "image/digest.h"
#include "image/layout.h"

#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define INDEX    "application/vnd.oci.image.index.v1+json"
#define CONFIG   "application/vnd.oci.image.config.v1+json"
#define AMD64    ", \"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}"
#define ARM64    ", \"platform\": {\"os\": \"linux\", \"architecture\": \"arm64\"}"
#define ARM(v) \
  ", \"platform\": {\"os\": \"linux\", \"architecture\": \"arm\", \"variant\": \"" v "\"}"
#define UNKNOWN   ", \"platform\": {\"os\": \"unknown\", \"architecture\": \"unknown\"}"
#define NAME(ref) ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"" ref "\"}"

static struct scratch_dir dir;
static struct davit_error err;
static struct host *root;
static const struct image_config *config;

static void setup(void) {
  dir = scratch_dir();
  make_dir(&dir, "blobs");
  make_dir(&dir, "blobs/sha256");
  make_dir(&dir, "blobs/sha512");
  make_file(&dir, "oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
  config = NULL;
}

static void teardown(void) {
  host_close(root);
  root = NULL;
  error_clear(&err);
  cleanup_scratch_dir(&dir);
}

static const char *hex(const uint8_t *hash, size_t size) {
  char *text = arena_alloc(&dir.arena, 2 * size + 1);
  for (size_t i = 0; i < size; i++)
    snprintf(text + 2 * i, 3, "%02x", hash[i]);
  return text;
}

/* Writes a blob; answers its descriptor, with `more` members, for others to hold. */
static const char *blob(const char *type, const char *content, const char *more) {
  uint8_t hash[SHA256_BYTES];
  digest_sha256(content, strlen(content), hash);
  const char *name = hex(hash, sizeof(hash));
  make_file(&dir, arena_printf(&dir.arena, "blobs/sha256/%s", name), content);
  return arena_printf(&dir.arena,
                      "{\"mediaType\": \"%s\", \"digest\": \"sha256:%s\", \"size\": %zu%s}", type,
                      name, strlen(content), more);
}

/* An image whose user is `user`; answers the descriptor of its manifest. */
static const char *image(const char *user, const char *platform, const char *more) {
  const char *text =
      arena_printf(&dir.arena, "{%s \"config\": {\"User\": \"%s\"}}", platform, user);
  const char *manifest =
      arena_printf(&dir.arena, "{\"schemaVersion\": 2, \"config\": %s}", blob(CONFIG, text, ""));
  return blob(MANIFEST, manifest, more);
}

static const char *index_of(const char *first, const char *second) {
  return arena_printf(&dir.arena, "{\"schemaVersion\": 2, \"manifests\": [%s%s%s]}", first,
                      second ? ", " : "", second ? second : "");
}

static int read_for(const char *machine, const char *reference) {
  ck_assert_ok(host_open(dir.path, &root, &err), &err);
  const struct image_layout layout = {.root = root,
                                      .name = "LAYOUT",
                                      .reference = reference,
                                      .platform = image_platform_of(machine)};
  return image_layout_read(&dir.arena, &layout, &config, &err);
}

static int read_index(const char *index, const char *machine, const char *reference) {
  make_file(&dir, "index.json", index);
  return read_for(machine, reference);
}

START_TEST(one_image_needs_no_name) {
  ck_assert_ok(read_index(index_of(image("1", "", NAME("latest")), NULL), "x86_64", NULL), &err);
  ck_assert_str_eq(config->user.text, "1");
  ck_assert_ptr_nonnull(strstr(config->user.at.file, "LAYOUT/blobs/sha256/"));
}
END_TEST

/* As builders write them: one name, an index inside the index, and an attestation beside. */
START_TEST(the_machine_chooses_inside_an_index) {
  const char *inner = arena_printf(
      &dir.arena, "{\"schemaVersion\": 2, \"manifests\": [%s, %s, %s, %s]}",
      image("amd", "\"os\": \"linux\", \"architecture\": \"amd64\",", AMD64),
      image("v6", "", ARM("v6")), image("v7", "", ARM("v7")), image("attestation", "", UNKNOWN));
  make_file(&dir, "index.json", index_of(blob(INDEX, inner, NAME("app:1")), NULL));
  ck_assert_ok(read_for("x86_64", NULL), &err);
  ck_assert_str_eq(config->user.text, "amd");
  host_close(root);
  ck_assert_ok(read_for("armv7l", "app:1"), &err);
  ck_assert_str_eq(config->user.text, "v7");
  host_close(root);
  ck_assert_ok(read_for("armv6l", NULL), &err);
  ck_assert_str_eq(config->user.text, "v6");
  host_close(root);
  ck_assert_int_lt(read_for("s390x", NULL), 0);
  ck_assert_str_eq(err.first->code, "image.platform");
  ck_assert_str_eq(err.first->text, "LAYOUT has no image for linux/s390x");
  ck_assert_contains(err.first->hint,
                     "app:1 (linux/amd64), app:1 (linux/arm/v6), app:1 (linux/arm/v7)");
}
END_TEST

START_TEST(a_name_chooses) {
  const char *index = index_of(image("1", "", NAME("a")), image("2", "", NAME("b")));
  ck_assert_ok(read_index(index, "x86_64", "b"), &err);
  ck_assert_str_eq(config->user.text, "2");
}
END_TEST

START_TEST(several_are_listed) {
  const char *index = index_of(image("1", "", NAME("a")), image("2", "", AMD64 NAME("b")));
  ck_assert_int_eq(read_index(index, "x86_64", NULL), DAVIT_E_INVALID);
  ck_assert_str_eq(err.first->code, "image.ambiguous");
  ck_assert_str_eq(err.first->text,
                   "LAYOUT has 2 images for linux/amd64: a (unknown platform), b (linux/amd64)");
  ck_assert_str_eq(err.first->hint, "choose one by its name: LAYOUT:NAME");
}
END_TEST

/* One image under two names is one image. */
START_TEST(two_names_of_one_image_are_no_choice) {
  const char *index = index_of(image("1", "", NAME("1.0")), image("1", "", NAME("latest")));
  ck_assert_ok(read_index(index, "x86_64", NULL), &err);
}
END_TEST

START_TEST(another_name_is_not_there) {
  const char *index = index_of(image("1", "", NAME("a")), image("2", "", NAME("b")));
  ck_assert_int_eq(read_index(index, "x86_64", "c"), DAVIT_E_NOT_FOUND);
  ck_assert_str_eq(err.first->code, "image.not-found");
  ck_assert_str_eq(err.first->text, "LAYOUT has no image \"c\"");
  ck_assert_str_eq(err.first->hint, "there are: a, b");
}
END_TEST

/* What the index leaves open, the config says. */
START_TEST(the_config_has_a_platform_too) {
  const char *index =
      index_of(image("1", "\"os\": \"linux\", \"architecture\": \"arm64\",", ""), NULL);
  ck_assert_int_eq(read_index(index, "x86_64", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_str_eq(err.first->code, "image.platform");
  ck_assert_contains(err.first->text, "is for linux/arm64, not for linux/amd64");
}
END_TEST

START_TEST(other_types_are_ignored) {
  const char *index = index_of(blob("application/vnd.example+json", "{}", ""),
                               blob(MANIFEST, "{}", ", \"artifactType\": \"text/x\""));
  ck_assert_int_eq(read_index(index, "x86_64", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "image.platform", "it has no images");
}
END_TEST

START_TEST(sha512_is_verified) {
  uint8_t hash[SHA512_BYTES];
  const char *manifest =
      arena_printf(&dir.arena, "{\"config\": %s}", blob(CONFIG, "{\"User\": \"5\"}", ""));
  digest_sha512(manifest, strlen(manifest), hash);
  const char *name = hex(hash, sizeof(hash));
  make_file(&dir, arena_printf(&dir.arena, "blobs/sha512/%s", name), manifest);
  make_file(&dir, "index.json",
            index_of(arena_printf(&dir.arena,
                                  "{\"mediaType\": \"" MANIFEST
                                  "\", \"digest\": \"sha512:%s\", \"size\": %zu}",
                                  name, strlen(manifest)),
                     NULL));
  ck_assert_ok(read_for("x86_64", NULL), &err);
  ck_assert_str_eq(config->user.text, "5");
  host_close(root);
  make_file(&dir, arena_printf(&dir.arena, "blobs/sha512/%s", name),
            arena_printf(&dir.arena, "%.*s ", (int)strlen(manifest) - 1, manifest));
  ck_assert_int_lt(read_for("x86_64", NULL), 0);
  ck_assert_error(&err, "image.digest", "does not have that digest");
}
END_TEST

/* A changed byte in the manifest or in the config: no byte of it is used. */
START_TEST(a_changed_blob_is_refused) {
  const char *descriptor = image("7", "", "");
  const char *name = strstr(descriptor, "sha256:") + 7;
  make_file(&dir, "index.json", index_of(descriptor, NULL));
  const char *path = arena_printf(&dir.arena, "blobs/sha256/%.64s", name);
  CLEANUP(file) FILE *file = fopen(below(&dir, path), "r+e");
  ck_assert_ptr_nonnull(file);
  fputc(' ', file); /* instead of "{" */
  fflush(file);
  ck_assert_int_eq(read_for("x86_64", NULL), DAVIT_E_INVALID);
  ck_assert_str_eq(err.first->code, "image.digest");
  ck_assert_str_eq(err.first->hint, "copy the image again");
  ck_assert_str_eq(err.first->at.file, "LAYOUT/index.json");
  ck_assert_str_eq(err.first->at.key, "manifests[0]");
  error_clear(&err);
  host_close(root);
  fseek(file, 0, SEEK_END);
  fputc('\n', file);
  fflush(file);
  ck_assert_int_eq(read_for("x86_64", NULL), DAVIT_E_INVALID);
  ck_assert_error(&err, "image.digest", "bytes instead of");
}
END_TEST

START_TEST(a_missing_blob_is_named) {
  const char *index =
      index_of("{\"mediaType\": \"" MANIFEST "\", \"size\": 3, \"digest\": "
               "\"sha256:"
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}",
               NULL);
  ck_assert_int_eq(read_index(index, "x86_64", NULL), DAVIT_E_NOT_FOUND);
  ck_assert_error(&err, "image.not-found", "/blobs/sha256/ba7816bf");
  ck_assert_str_eq(err.first->at.key, "manifests[0]");
}
END_TEST

/* Neither a blob nor the index is read through a link out of the layout. */
START_TEST(nothing_is_read_outside) {
  const char *descriptor = image("7", "", "");
  make_file(&dir, "index.json", index_of(descriptor, NULL));
  const char *path = below(
      &dir, arena_printf(&dir.arena, "blobs/sha256/%.64s", strstr(descriptor, "sha256:") + 7));
  struct scratch_dir outside = scratch_dir();
  const char *copy = make_copy(&outside, "blob", path);
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(symlink(copy, path), 0);
  int answer = read_for("x86_64", NULL);
  cleanup_scratch_dir(&outside);
  ck_assert_int_eq(answer, DAVIT_E_NOT_FOUND);
  ck_assert_str_eq(err.first->code, "image.not-found");
}
END_TEST

static const struct {
  const char *index, *key, *problem;
} broken[] = {
    {"{\"manifests\": 5}", "manifests", "no list of \"manifests\""},
    {"{}", NULL, "no list of \"manifests\""},
    {"[]", NULL, "a list is not an object"},
    {"{\"manifests\": [5]}", "manifests[0]", "the number 5 is not a descriptor"},
    {"{\"manifests\": [{\"mediaType\": \"" MANIFEST "\", \"size\": 1}]}", "manifests[0]",
     "the digest of the blob is not one"},
    {"{\"manifests\": [{\"mediaType\": \"" MANIFEST "\", \"size\": 1, \"digest\": "
     "\"sha256:../../../../../../../../../../../../../../../../../../../etc/passwd\"}]}",
     "manifests[0].digest", "the digest of the blob is not one"},
    {"{\"manifests\": [{\"mediaType\": \"" INDEX "\", \"size\": -1, \"digest\": \"sha256:"
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}",
     "manifests[0].size", "the size of the blob is not one"},
};

START_TEST(a_broken_index_is_named) {
  ck_assert_int_eq(read_index(broken[_i].index, "x86_64", NULL), DAVIT_E_INVALID);
  ck_assert_str_eq(err.first->code, "image.invalid");
  ck_assert_contains(err.first->text, broken[_i].problem);
  ck_assert_str_eq(err.first->at.file, "LAYOUT/index.json");
  ck_assert_pstr_eq(err.first->at.key, broken[_i].key);
}
END_TEST

START_TEST(a_manifest_of_something_else_is_refused) {
  const char *manifest = arena_printf(&dir.arena, "{\"config\": %s}",
                                      blob("application/vnd.oci.empty.v1+json", "{}", ""));
  ck_assert_int_lt(read_index(index_of(blob(MANIFEST, manifest, ""), NULL), "x86_64", NULL), 0);
  ck_assert_error(&err, "image.invalid", "this manifest is not that of an image");
  error_clear(&err);
  host_close(root);
  ck_assert_int_lt(
      read_index(index_of(blob(MANIFEST, "{\"config\": []}", ""), NULL), "x86_64", NULL), 0);
  ck_assert_error(&err, "image.invalid", "this manifest has no \"config\"");
}
END_TEST

START_TEST(depth_is_bounded) {
  const char *inner = image("7", "", "");
  for (size_t i = 0; i < 4; i++)
    inner = blob(INDEX, index_of(inner, NULL), "");
  make_file(&dir, "index.json", index_of(inner, NULL));
  ck_assert_ok(read_for("x86_64", NULL), &err);
  host_close(root);
  make_file(&dir, "index.json", index_of(blob(INDEX, index_of(inner, NULL), ""), NULL));
  ck_assert_int_lt(read_for("x86_64", NULL), 0);
  ck_assert_error(&err, "image.invalid", "more than 4 deep");
}
END_TEST

/* Four levels of 300 entries each would be 8 billion images if each entry were followed. */
START_TEST(breadth_is_bounded) {
  enum {
    WIDTH = 300
  };
  const char *inner = image("7", "", "");
  for (size_t level = 0; level < 4; level++) {
    char *text = arena_alloc(&dir.arena, WIDTH * (strlen(inner) + 2) + 64);
    char *end = stpcpy(text, "{\"manifests\": [");
    for (size_t i = 0; i < WIDTH; i++)
      end = stpcpy(stpcpy(end, i ? "," : ""), inner);
    stpcpy(end, "]}");
    inner = blob(INDEX, text, "");
  }
  ck_assert_ok(read_index(index_of(inner, NULL), "x86_64", NULL), &err);
  ck_assert_str_eq(config->user.text, "7");
}
END_TEST

START_TEST(other_directories_are_no_layout) {
  ck_assert_int_lt(read_for("x86_64", NULL), 0);
  ck_assert_error(&err, "image.not-found", "index.json");
  error_clear(&err);
  host_close(root);
  make_file(&dir, "oci-layout", "{\"imageLayoutVersion\": \"2.0.0\"}");
  ck_assert_int_lt(read_for("x86_64", NULL), 0);
  ck_assert_error(&err, "image.invalid", "not a layout that davit knows");
  error_clear(&err);
  host_close(root);
  ck_assert_int_eq(unlink(below(&dir, "oci-layout")), 0);
  ck_assert_int_lt(read_for("x86_64", NULL), 0);
  ck_assert_error(&err, "image.not-found", "is this the directory of an OCI image layout?");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("image/layout");
  TCase *tests = tcase_create("layout");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, one_image_needs_no_name);
  tcase_add_test(tests, the_machine_chooses_inside_an_index);
  tcase_add_test(tests, a_name_chooses);
  tcase_add_test(tests, several_are_listed);
  tcase_add_test(tests, two_names_of_one_image_are_no_choice);
  tcase_add_test(tests, another_name_is_not_there);
  tcase_add_test(tests, the_config_has_a_platform_too);
  tcase_add_test(tests, other_types_are_ignored);
  tcase_add_test(tests, sha512_is_verified);
  tcase_add_test(tests, a_changed_blob_is_refused);
  tcase_add_test(tests, a_missing_blob_is_named);
  tcase_add_test(tests, nothing_is_read_outside);
  tcase_add_loop_test(tests, a_broken_index_is_named, 0, (int)ARRAY_LEN(broken));
  tcase_add_test(tests, a_manifest_of_something_else_is_refused);
  tcase_add_test(tests, depth_is_bounded);
  tcase_add_test(tests, breadth_is_bounded);
  tcase_add_test(tests, other_directories_are_no_layout);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
