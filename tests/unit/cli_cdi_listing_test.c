/* SPDX-License-Identifier: Apache-2.0 */
/* What `davit cdi list` chooses, and how it groups. */
#include "cdi_index_rig.h"
#include "cli/cdi_list.h"

static struct index_rig rig;

static void setup(void) {
  index_rig_begin(&rig);
  put_devices(&rig, "/etc/cdi/a.yaml", "nvidia.com/gpu", "0 1 GPU-a");
  put_devices(&rig, "/etc/cdi/b.yaml", "nvidia.com/mig", "0:0");
  put_devices(&rig, "/etc/cdi/c.yaml", "nvidia/gpu", "0");
  put_devices(&rig, "/etc/cdi/d.yaml", "nvidiax.com/gpu", "0");
  put_devices(&rig, "/etc/cdi/e.yaml", "amd.com/gpu", "0 1");
  put_devices(&rig, "/var/run/cdi/f.yaml", "amd.com/gpu", "1");
  tree_file(&rig.tree, "/etc/cdi/bad.yaml", "cdiVersion: 0.6.0\nkind: amd.com/gpu\n");
  tree_file(&rig.tree, "/etc/cdi/unknown.yaml", "{");
  tree_dir(&rig.tree, "/etc/cdi/directory.yaml");
  index_rig_read(&rig);
}

static void teardown(void) {
  index_rig_end(&rig);
}

static struct cdi_listing make(const char *patterns) {
  struct list words = {0};
  struct cdi_listing listing;
  char *rest = arena_strdup(&rig.arena, patterns);
  for (char *word; (word = strsep(&rest, " "));)
    if (*word)
      ck_assert(list_push(&rig.arena, &words, word));
  ck_assert_ok(cdi_listing_make(&rig.arena, &rig.index, list_strings(&words), &listing, &rig.err),
               &rig.err);
  return listing;
}

static const struct {
  const char *patterns, *devices, *files;
} choices[] = {
    {"",
     "amd.com/gpu=0 amd.com/gpu=1 amd.com/gpu=1 nvidia.com/gpu=0 nvidia.com/gpu=1 "
     "nvidia.com/gpu=GPU-a nvidia.com/mig=0:0 nvidia/gpu=0 nvidiax.com/gpu=0",
     "a b bad c d e unknown f"},
    {"nvidia.com", "nvidia.com/gpu=0 nvidia.com/gpu=1 nvidia.com/gpu=GPU-a nvidia.com/mig=0:0",
     "a b unknown"},
    {"nvidia",
     "nvidia.com/gpu=0 nvidia.com/gpu=1 nvidia.com/gpu=GPU-a nvidia.com/mig=0:0 nvidia/gpu=0",
     "a b c unknown"},
    {"nvidia.com/gpu", "nvidia.com/gpu=0 nvidia.com/gpu=1 nvidia.com/gpu=GPU-a", "a unknown"},
    {"nvidia.com/gpu=1", "nvidia.com/gpu=1", "a unknown"},
    {"nvidia.com/*=0*", "nvidia.com/gpu=0 nvidia.com/mig=0:0", "a b unknown"},
    {"n*.com/gpu=GPU-*", "nvidia.com/gpu=GPU-a", "a d unknown"},
    {"*/mig amd.com/gpu=0", "amd.com/gpu=0 nvidia.com/mig=0:0", "b bad e unknown f"},
    {"amd", "amd.com/gpu=0 amd.com/gpu=1 amd.com/gpu=1", "bad e unknown f"},
    {"intel.com", "", "unknown"},
    {"com", "", "unknown"},
    {"nvidia.com/", "", "unknown"},
};

START_TEST(patterns_choose) {
  const struct cdi_listing listing = make(choices[_i].patterns);
  const char *devices = "", *files = "";
  for (size_t i = 0; i < listing.definitions.count; i++)
    devices = arena_printf(&rig.arena, "%s%s%s", devices, i > 0 ? " " : "",
                           ((const struct definition *)listing.definitions.items[i])->name);
  for (size_t i = 0; i < listing.files.count; i++) {
    const char *path = ((const struct spec_file *)listing.files.items[i])->path;
    const char *name = strrchr(path, '/') + 1;
    files = arena_printf(&rig.arena, "%s%s%.*s", files, i > 0 ? " " : "", (int)strcspn(name, "."),
                         name);
  }
  ck_assert_str_eq(devices, choices[_i].devices);
  ck_assert_str_eq(files, choices[_i].files);
}
END_TEST

static const char *groups_text(const struct list *groups) {
  const char *text = "";
  for (size_t i = 0; i < groups->count; i++) {
    const struct cdi_group *group = groups->items[i];
    text = arena_printf(&rig.arena, "%s%s: %s: %zu\n", text, group->name,
                        strings_join(&rig.arena, list_strings(&group->members), 9),
                        group->device_count);
  }
  return text;
}

START_TEST(vendors_and_classes_are_sorted_and_unique) {
  const struct cdi_listing all = make("");
  ck_assert_str_eq(groups_text(&all.vendors), "amd.com: gpu: 2\n"
                                              "nvidia: gpu: 1\n"
                                              "nvidia.com: gpu, mig: 4\n"
                                              "nvidiax.com: gpu: 1\n");
  ck_assert_str_eq(groups_text(&all.classes), "gpu: amd.com, nvidia, nvidia.com, nvidiax.com: 7\n"
                                              "mig: nvidia.com: 1\n");
}
END_TEST

START_TEST(groups_are_of_what_was_chosen) {
  const struct cdi_listing some = make("*.com/gpu=0");
  ck_assert_str_eq(groups_text(&some.vendors),
                   "amd.com: gpu: 1\nnvidia.com: gpu: 1\nnvidiax.com: gpu: 1\n");
  ck_assert_str_eq(groups_text(&some.classes), "gpu: amd.com, nvidia.com, nvidiax.com: 3\n");
}
END_TEST

START_TEST(every_problem_is_a_warning) {
  const struct cdi_listing all = make("");
  cdi_listing_warn(&all, &rig.log);
  ck_assert_uint_ge(rig.warning_count, 2);
  size_t before = rig.warning_count;
  const struct cdi_listing one = make("intel.com");
  cdi_listing_warn(&one, &rig.log);
  ck_assert_uint_eq(rig.warning_count, before + 1); /* of the file of which nothing is known */
}
END_TEST

int main(void) {
  Suite *suite = suite_create("cli cdi listing");
  TCase *tests = tcase_create("all");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, patterns_choose, 0, ARRAY_LEN(choices));
  tcase_add_test(tests, vendors_and_classes_are_sorted_and_unique);
  tcase_add_test(tests, groups_are_of_what_was_chosen);
  tcase_add_test(tests, every_problem_is_a_warning);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
