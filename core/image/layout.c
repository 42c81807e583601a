/* SPDX-License-Identifier: Apache-2.0 */
/* Names and meaning: image-spec, image-layout.md, image-index.md, manifest.md, descriptor.md. */
#include "image/layout.h"

#include <string.h>

#include "doc/doc.h"
#include "image/digest.h"
#include "util/list.h"
#include "util/map.h"

#define REF_NAME "org.opencontainers.image.ref.name"

enum {
  DEEPEST_INDEX = 4,
  MOST_BYTES = 64 * 1024 * 1024, /* of all blobs that are read */
  MOST_LISTED = 20
};

struct candidate {
  const struct doc_node *descriptor;
  const char *digest;
  const char *reference; /* NULL: none */
  struct image_platform platform;
  unsigned rank; /* image_platform_rank() */
};

struct search {
  struct arena *arena;
  const struct image_layout *layout;
  struct list candidates; /* struct candidate *, of every platform */
  struct list references; /* const char *: those of the layout */
  struct map seen;        /* digests of the indexes that were read */
  size_t bytes;
  struct davit_error *err;
};

static int bad(struct search *search, const struct doc_node *node, const char *hint,
               const char *format, ...) PRINTF_LIKE(4, 5);
static int bad(struct search *search, const struct doc_node *node, const char *hint,
               const char *format, ...) {
  va_list args;
  va_start(args, format);
  int answer = doc_vfail(search->err, node, DAVIT_E_INVALID, "image.invalid", hint, format, args);
  va_end(args);
  return answer;
}

static int no_memory(struct search *search) {
  return error_memory(search->err);
}

/* The text of a member; NULL: it has none. */
static const char *text_of(const struct doc_node *object, const char *key) {
  const struct doc_node *node = doc_get(object, key);
  return node && node->kind == DOC_SCALAR && node->type == DOC_STRING ? node->text : NULL;
}

static bool is_one_of(const char *word, const char *const *words) {
  return word && strings_contain(words, word);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

/* A file of the layout by its path in it; *name is what messages call it. `by`: who names it, NULL:
 * the specification. */
static int read_bytes(struct search *search, const char *path, const struct doc_node *by,
                      const char **name, const char **data, size_t *size) {
  CLEANUP(error) struct davit_error problem = {0};
  *name = arena_printf(search->arena, "%s%s", search->layout->name, path);
  if (!*name)
    return no_memory(search);
  int answer = host_read_file(search->layout->root, search->arena, path, data, size, &problem);
  if (answer == DAVIT_OK || answer == DAVIT_E_MEMORY) {
    error_take(search->err, &problem);
    return answer;
  }
  const char *why = problem.first ? problem.first->text : "cannot be read";
  const char *hint = "is this the directory of an OCI image layout?";
  if (by)
    return doc_fail(search->err, by, answer, "image.not-found", NULL,
                    "the blob that is named here: %s", why);
  return error_add(search->err, answer, "image.not-found", hint, "%s: %s", search->layout->name,
                   why);
}

static int parse_object(struct search *search, const char *name, const char *data, size_t size,
                        const struct doc_node **root) {
  const struct doc_source source = {
      .file = name, .text = data, .size = size, .code = "image.invalid"};
  int answer = doc_parse_json(search->arena, &source, root, search->err);
  if (answer == DAVIT_OK && (*root)->kind != DOC_MAPPING)
    answer = bad(search, *root, NULL, "%s is not an object", doc_describe(search->arena, *root));
  return answer;
}

static int read_object(struct search *search, const char *path, const struct doc_node **root) {
  const char *name, *data;
  size_t size;
  int answer = read_bytes(search, path, NULL, &name, &data, &size);
  return answer < 0 ? answer : parse_object(search, name, data, size, root);
}

/* What a descriptor says of a blob is of the right form. */
static int check_descriptor(struct search *search, const struct doc_node *descriptor,
                            const char **digest, uint64_t *size) {
  const struct doc_node *number = doc_get(descriptor, "size");
  *digest = text_of(descriptor, "digest");
  if (!*digest || !digest_is_known(*digest))
    return bad(search, *digest ? doc_get(descriptor, "digest") : descriptor,
               "sha256: or sha512: and as many small hexadecimal digits as it has",
               "the digest of the blob is not one");
  if (!number || !doc_uint(number, size))
    return bad(search, number ? number : descriptor, "the number of its bytes",
               "the size of the blob is not one");
  return DAVIT_OK;
}

static int read_blob(struct search *search, const struct doc_node *descriptor, const char **name,
                     const char **data, size_t *size) {
  const char *digest;
  uint64_t expected;
  int answer = check_descriptor(search, descriptor, &digest, &expected);
  if (answer < 0)
    return answer;
  size_t algorithm = strcspn(digest, ":");
  const char *path =
      arena_printf(search->arena, "/blobs/%.*s/%s", (int)algorithm, digest, digest + algorithm + 1);
  if (!path)
    return no_memory(search);
  answer = read_bytes(search, path, descriptor, name, data, size);
  if (answer < 0)
    return answer;
  search->bytes += *size;
  if (search->bytes > MOST_BYTES)
    return bad(search, descriptor, NULL, "the indexes and configs have more than %d MiB",
               MOST_BYTES / 1024 / 1024);
  if (*size != expected)
    return doc_fail(search->err, descriptor, DAVIT_E_INVALID, "image.digest",
                    "copy the image again", "%s has %zu bytes instead of %llu", *name, *size,
                    (unsigned long long)expected);
  if (!digest_matches(digest, *data, *size))
    return doc_fail(search->err, descriptor, DAVIT_E_INVALID, "image.digest",
                    "copy the image again", "the content of %s does not have that digest", *name);
  return DAVIT_OK;
}

static int read_blob_object(struct search *search, const struct doc_node *descriptor,
                            const struct doc_node **root) {
  const char *name, *data;
  size_t size;
  int answer = read_blob(search, descriptor, &name, &data, &size);
  return answer < 0 ? answer : parse_object(search, name, data, size, root);
}

/* ---- finding -----------------------------------------------------------------------------------
 */

static const char *const manifest_types[] = {
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    NULL,
};
static const char *const index_types[] = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    NULL,
};
static const char *const config_types[] = {
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
    NULL,
};

static int add_candidate(struct search *search, const struct doc_node *descriptor,
                         const char *reference) {
  const struct doc_node *platform = doc_get(descriptor, "platform");
  struct candidate *candidate = arena_alloc(search->arena, sizeof(*candidate));
  uint64_t size;
  if (!candidate)
    return no_memory(search);
  *candidate = (struct candidate){
      .descriptor = descriptor,
      .reference = reference,
      .platform = {text_of(platform, "os"), text_of(platform, "architecture"),
                   text_of(platform, "variant")},
  };
  candidate->rank = image_platform_rank(&search->layout->platform, &candidate->platform);
  int answer = check_descriptor(search, descriptor, &candidate->digest, &size);
  if (answer == DAVIT_OK && !list_push(search->arena, &search->candidates, candidate))
    answer = no_memory(search);
  return answer;
}

static int search_index(struct search *search, const struct doc_node *index, const char *reference,
                        unsigned depth);

static int search_inner_index(struct search *search, const struct doc_node *descriptor,
                              const char *reference, unsigned depth) {
  const char *digest;
  uint64_t size;
  int answer = check_descriptor(search, descriptor, &digest, &size);
  if (answer < 0 || map_find(&search->seen, digest))
    return answer;
  if (depth == DEEPEST_INDEX)
    return bad(search, descriptor, NULL, "indexes in indexes, more than %d deep", DEEPEST_INDEX);
  const struct doc_node *inner;
  if (!map_put(search->arena, &search->seen, digest, search))
    return no_memory(search);
  answer = read_blob_object(search, descriptor, &inner);
  return answer < 0 ? answer : search_index(search, inner, reference, depth + 1);
}

/* What is of another type than these is ignored, as the specification demands; so is what says that
 * it is no image. */
static int search_entry(struct search *search, const struct doc_node *descriptor,
                        const char *reference, unsigned depth) {
  const char *type = text_of(descriptor, "mediaType");
  if (depth == 0) {
    reference = text_of(doc_get(descriptor, "annotations"), REF_NAME);
    if (reference && !list_push(search->arena, &search->references, reference))
      return no_memory(search);
    const char *wanted = search->layout->reference;
    if (wanted && (!reference || strcmp(reference, wanted) != 0))
      return DAVIT_OK;
  }
  if (is_one_of(type, index_types))
    return search_inner_index(search, descriptor, reference, depth);
  if (is_one_of(type, manifest_types) && !doc_get(descriptor, "artifactType"))
    return add_candidate(search, descriptor, reference);
  return DAVIT_OK;
}

static int search_index(struct search *search, const struct doc_node *index, const char *reference,
                        unsigned depth) {
  const struct doc_node *manifests = doc_get(index, "manifests");
  if (!manifests || manifests->kind != DOC_SEQUENCE)
    return bad(search, manifests ? manifests : index, NULL,
               "this index has no list of \"manifests\"");
  for (size_t i = 0; i < manifests->count; i++) {
    const struct doc_node *entry = manifests->values[i];
    int answer = entry->kind == DOC_MAPPING ? search_entry(search, entry, reference, depth)
                                            : bad(search, entry, NULL, "%s is not a descriptor",
                                                  doc_describe(search->arena, entry));
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

/* ---- choosing ----------------------------------------------------------------------------------
 */

static const char *candidate_text(struct arena *arena, const struct candidate *candidate) {
  const char *platform = image_platform_text(arena, &candidate->platform);
  return platform ? arena_printf(arena, "%s (%s)",
                                 candidate->reference ? candidate->reference : candidate->digest,
                                 platform)
                  : NULL;
}

/* The candidates that suit the machine, or all, for people. NULL: out of memory. */
static const char *list_candidates(struct search *search, unsigned least_rank, size_t *count) {
  struct list texts = {0};
  for (size_t i = 0; i < search->candidates.count; i++) {
    const struct candidate *candidate = search->candidates.items[i];
    if (candidate->rank < least_rank)
      continue;
    const char *text = candidate_text(search->arena, candidate);
    if (!text || !list_push(search->arena, &texts, text))
      return NULL;
  }
  *count = texts.count;
  return strings_join(search->arena, list_strings(&texts), MOST_LISTED);
}

static int find_nothing(struct search *search) {
  struct arena *arena = search->arena;
  const struct image_layout *layout = search->layout;
  const char *there = strings_join(arena, list_strings(&search->references), MOST_LISTED);
  if (layout->reference && !is_one_of(layout->reference, list_strings(&search->references)))
    return error_add(search->err, DAVIT_E_NOT_FOUND, "image.not-found",
                     search->references.count > 0 ? arena_printf(arena, "there are: %s", there)
                                                  : "its images have no names",
                     "%s has no image \"%s\"", layout->name, layout->reference);
  size_t count = 0;
  const char *others = list_candidates(search, 0, &count);
  const char *platform = image_platform_text(arena, &layout->platform);
  return error_add(search->err, DAVIT_E_NOT_FOUND, "image.platform",
                   count > 0 ? arena_printf(arena, "there are: %s", others) : "it has no images",
                   "%s has no image for %s", layout->name, platform);
}

/* Two names are two images, whatever their platforms. */
static bool is_rival(const struct candidate *a, const struct candidate *b) {
  bool same_name = a->reference == b->reference ||
                   (a->reference && b->reference && strcmp(a->reference, b->reference) == 0);
  return b->rank > 0 && strcmp(a->digest, b->digest) != 0 && (!same_name || a->rank == b->rank);
}

static int choose(struct search *search, const struct candidate **chosen) {
  const struct candidate *best = NULL;
  for (size_t i = 0; i < search->candidates.count; i++) {
    const struct candidate *candidate = search->candidates.items[i];
    if (candidate->rank > (best ? best->rank : 0))
      best = candidate;
  }
  if (!best)
    return find_nothing(search);
  for (size_t i = 0; i < search->candidates.count; i++) {
    if (!is_rival(best, search->candidates.items[i]))
      continue;
    size_t count = 0;
    const char *texts = list_candidates(search, 1, &count);
    const char *hint =
        arena_printf(search->arena, "choose one by its name: %s:NAME", search->layout->name);
    return error_add(search->err, DAVIT_E_INVALID, "image.ambiguous", hint,
                     "%s has %zu images for %s: %s", search->layout->name, count,
                     image_platform_text(search->arena, &search->layout->platform),
                     texts ? texts : "");
  }
  *chosen = best;
  return DAVIT_OK;
}

/* ---- from the manifest to the config -----------------------------------------------------------
 */

static int read_config(struct search *search, const struct candidate *chosen,
                       const struct image_config **config) {
  const struct doc_node *manifest;
  int answer = read_blob_object(search, chosen->descriptor, &manifest);
  if (answer < 0)
    return answer;
  const struct doc_node *descriptor = doc_get(manifest, "config");
  if (!descriptor || descriptor->kind != DOC_MAPPING)
    return bad(search, descriptor ? descriptor : manifest, NULL, "this manifest has no \"config\"");
  if (!is_one_of(text_of(descriptor, "mediaType"), config_types))
    return bad(search, descriptor, NULL, "this manifest is not that of an image");
  const char *name, *data;
  size_t size;
  const struct image_config *read;
  answer = read_blob(search, descriptor, &name, &data, &size);
  if (answer == DAVIT_OK)
    answer = image_config_parse(search->arena, name, data, size, &read, search->err);
  if (answer < 0)
    return answer;

  const struct image_platform *wanted = &search->layout->platform;
  struct image_platform is = {read->os.text, read->architecture.text, read->variant.text};
  if (image_platform_rank(wanted, &is) == 0)
    return error_add(search->err, DAVIT_E_NOT_FOUND, "image.platform", NULL,
                     "the image %s is for %s, not for %s", name,
                     image_platform_text(search->arena, &is),
                     image_platform_text(search->arena, wanted));
  *config = read;
  return DAVIT_OK;
}

int image_layout_read(struct arena *arena, const struct image_layout *layout,
                      const struct image_config **config, struct davit_error *err) {
  struct search search = {.arena = arena, .layout = layout, .err = err};
  const struct doc_node *marker, *index;
  const struct candidate *chosen = NULL;
  int answer = read_object(&search, "/oci-layout", &marker);
  if (answer < 0)
    return answer;
  const char *version = text_of(marker, "imageLayoutVersion");
  if (!version || strcmp(version, "1.0.0") != 0)
    return bad(&search, marker, "imageLayoutVersion 1.0.0", "not a layout that davit knows");
  answer = read_object(&search, "/index.json", &index);
  if (answer == DAVIT_OK)
    answer = search_index(&search, index, NULL, 0);
  if (answer == DAVIT_OK)
    answer = choose(&search, &chosen);
  return answer < 0 ? answer : read_config(&search, chosen, config);
}
