/* SPDX-License-Identifier: Apache-2.0 */
/* A file is parsed only if its bytes can hold a kind that is asked for. However a kind is spelled,
 * its file is found, and counts when it is broken; a file without the kind is not even looked at.
 */
#include "plugin_rig.h"
#include "utf16.h"

#define JSON(kind)                                                                         \
  .text = ("{\"cdiVersion\": \"0.6.0\", \"kind\": \"" kind "\", \"devices\": [{\"name\": " \
           "\"d\", \"containerEdits\": {\"env\": [\"A=b\"]}}]}\n")
#define BODY       "devices: [{name: d, containerEdits: {env: [A=b]}}]\n"
#define YAML(kind) .text = ("cdiVersion: 0.6.0\nkind: " kind "\n" BODY)
#define BASE64     "bnZpZGlhLmNvbS9ncHU=" /* nvidia.com/gpu */

static const struct {
  const char *name;
  const char *text;
  bool is_wide; /* to be written as UTF-16 */
  bool is_big_endian;
} disguises[] = {
    {"f.yaml", YAML("nvidia.com/gpu")},
    {"f.json", JSON("nvidia.com/gpu")},
    {"f.json", JSON("nvidia.com\\/gpu")},
    {"f.json", JSON("nvidia\\u002ecom/gpu")},
    {"f.json", JSON("\\u006Evidia.com/gp\\u0075")},
    {"f.yaml", JSON("nvidia.com\\/gpu")},
    {"f.yaml", YAML("\"nvidia\\x2ecom/gpu\"")},
    {"f.yaml", YAML("\"nvidia\\u002Ecom/gpu\"")},
    {"f.yaml", YAML("\"nvidia.com/\\\n  gpu\"")},
    {"f.yaml", YAML("'nvidia.com/gpu'")},
    {"f.yaml", YAML(">-\n  nvidia.com/gpu")},
    {"f.yaml", YAML("!!binary " BASE64)},
    {"f.yaml", YAML("!!binary |\n  bnZpZGlhLm\n  NvbS9ncHU=")},
    {"f.yaml", YAML("!!bin%61ry " BASE64)},
    {"f.yaml", YAML("!<tag:yaml.org,2002:bin%61ry> " BASE64)},
    {"f.yaml",
     .text = ("%TAG !b! tag:yaml.org,2002:bin\n---\ncdiVersion: 0.6.0\nkind: !b!ary " BASE64
              "\n" BODY)},
    {"f.yaml", .text = ("cdiVersion: 0.6.0\nannotations: {a: &k nvidia.com/gpu}\nkind: *k\n" BODY)},
    {"f.yaml", .text = ("<<: {cdiVersion: 0.6.0, kind: nvidia.com/gpu}\n" BODY)},
    {"f.yaml",
     .text = ("annotations: {a: &k !!binary " BASE64 "}\n<<: [{cdiVersion: 0.6.0}, {KIND: "
              "*k}]\n" BODY)},
    {"f.yaml", .text = ("\xEF\xBB\xBF"
                        "cdiVersion: 0.6.0\nkind: nvidia.com/gpu\n" BODY)},
    {"f.yaml", YAML("nvidia.com/gpu"), true, false},
    {"f.yaml", YAML("nvidia.com/gpu"), true, true},
    {"f.json", JSON("nvidia.com/gpu"), true, false},
    {"f.json", JSON("nvidia.com\\/gpu"), true, true},
};

static struct rig rig;

static void begin(void) {
  rig_begin(&rig);
}

static void end(void) {
  rig_end(&rig);
}

static void put_disguise(size_t i, const char *more) {
  const char *name = arena_printf(&rig.arena, "/etc/cdi/%s", disguises[i].name);
  const char *text = arena_printf(&rig.arena, "%s%s", disguises[i].text, more);
  size_t size = strlen(text);
  if (disguises[i].is_wide)
    text = utf16(&rig.arena, text, disguises[i].is_big_endian, &size);
  tree_file_sized(&rig.tree, name, text, size);
}

/* As a request for NVIDIA's GPUs asks. */
static void ask(const char *const *kinds) {
  const struct davit_query query = {DAVIT_SIZED(struct davit_query), .vendor = "nvidia",
                                    .kinds = kinds};
  inventory_clear(&rig.inventory);
  ck_assert_ok(instance_enumerate(rig.instance, &rig.arena, &query, &rig.inventory, &rig.err),
               &rig.err);
}

static const char *const gpu[] = {"nvidia.com/gpu", NULL};

START_TEST(no_disguise_hides_a_device) {
  put_disguise((size_t)_i, "");
  rig_open(&rig, "cdi", NULL);
  for (int by_kind = 0; by_kind < 2; by_kind++) {
    ask(by_kind ? gpu : NULL);
    ck_assert_msg(rig.inventory.count == 1, "%s", disguises[_i].text);
    ck_assert_str_eq(rig.inventory.devices[0]->kind, "nvidia.com/gpu");
  }
}
END_TEST

START_TEST(no_disguise_hides_a_broken_file) {
  put_disguise((size_t)_i, "}\n{[ broken");
  put(&rig, "/etc/cdi/other.yaml", "kind: acme.com/npu\n{[ broken as well\n");
  rig_open(&rig, "cdi", NULL);
  ask(gpu);
  bool is_first_document = rig.inventory.answer == DAVIT_OK; /* the rest is another one */
  ck_assert_uint_eq(rig.inventory.count, is_first_document ? 1 : 0);
  if (!is_first_document) {
    ck_assert_uint_eq(rig.inventory.broken.count, 1);
    ck_assert_contains(rig.inventory.broken.first->at.file, disguises[_i].name);
  } else {
    ck_assert_contains(rig.warnings, "is not read");
  }
  ck_assert_ptr_null(strstr(rig.warnings, "other.yaml"));
}
END_TEST

/* Were they read, each would be told of. */
static const char *const others[] = {
    "kind: acme.com/npu\n{[ broken\n",
    "kind: amd.com/gpu # for the cards of acme.com, 100% of them\n{[ broken\n",
    "kind: amd.com/gpu\nannotations: {who: 'gpu nvidia!'}\n{[ broken\n",
    "cdiVersion: 0.6.0\nkind: nvidia.com/imex-channel\nfoo: bar\n",
    "cdiVersion: 0.6.0\nkind: nvidiacorp.com/gpu\nfoo: bar\n",
};

START_TEST(a_file_without_the_kind_is_not_parsed) {
  put(&rig, "/etc/cdi/f.yaml", others[_i]);
  rig_open(&rig, "cdi", NULL);
  ask(gpu);
  ck_assert_int_eq(rig.inventory.answer, DAVIT_OK);
  ck_assert_uint_eq(rig.inventory.count, 0);
  ck_assert_str_eq(rig.warnings, "");
  const struct davit_query all = {DAVIT_SIZED(struct davit_query)};
  inventory_clear(&rig.inventory);
  ck_assert_ok(instance_enumerate(rig.instance, &rig.arena, &all, &rig.inventory, &rig.err),
               &rig.err);
  ck_assert_int_eq(rig.inventory.answer, DAVIT_E_INVALID); /* a listing reads it */
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cdi_disguises");
  TCase *tests = tcase_create("cdi_disguises");
  tcase_add_checked_fixture(tests, begin, end);
  tcase_add_loop_test(tests, no_disguise_hides_a_device, 0, ARRAY_LEN(disguises));
  tcase_add_loop_test(tests, no_disguise_hides_a_broken_file, 0, ARRAY_LEN(disguises));
  tcase_add_loop_test(tests, a_file_without_the_kind_is_not_parsed, 0, ARRAY_LEN(others));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
