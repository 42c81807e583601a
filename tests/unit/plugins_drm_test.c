/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_rig.h"

static struct rig rig;

static void put_pci_card(const char *address, const char *vendor, const char *driver,
                         const char *card, const char *card_numbers, const char *render,
                         const char *render_numbers) {
  const char *dir = arena_printf(&rig.arena, "/sys/bus/pci/devices/%s", address);
  put_pci(&rig, address, vendor, "0x030000", driver);
  put_drm(&rig, dir, card, card_numbers);
  if (render)
    put_drm(&rig, dir, render, render_numbers);
}

/* A BMC, a GPU of the free driver, an NPU-like card of a vendor of its own, a SoC's GPU. */
static void many_kinds(void) {
  rig_begin(&rig);
  put_pci_card("0000:03:00.0", "0x1a03", "ast", "card0", "226:0", NULL, NULL);
  put_pci_card("0000:21:00.0", "0x1e52", "acme_npu", "card2", "226:2", "renderD129", "226:129");
  put_pci_card("0000:05:00.0", "0x10de", "nouveau", "card1", "226:1", "renderD130", "226:130");
  put_drm(&rig, "/sys/devices/platform/fde60000.gpu", "card3", "226:3");
  put_drm(&rig, "/sys/devices/platform/fde60000.gpu", "renderD128", "226:128");
  tree_link(&rig.tree, "/sys/devices/platform/fde60000.gpu/driver",
            "../../../bus/platform/drivers/panfrost");
  tree_link(&rig.tree, "/sys/class/drm/card1-DP-1/device", "../card1"); /* a connector */
  put(&rig, "/sys/class/drm/version", "drm 1.1.0 20060810\n");
}

static void end(void) {
  rig_end(&rig);
}

START_TEST(each_device_is_listed_once_with_its_pair) {
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, NULL);
  const struct expected_device expected[] = {
      {"0000:03:00.0", -1, "0000:03:00.0", .unusable = "display only: it has no render node"},
      {"0000:05:00.0", 0, "0000:05:00.0", .nodes = "/dev/dri/renderD130 /dev/dri/card1"},
      {"0000:21:00.0", 1, "0000:21:00.0", .nodes = "/dev/dri/renderD129 /dev/dri/card2"},
      {"fde60000.gpu", 2, NULL, .nodes = "/dev/dri/renderD128 /dev/dri/card3"},
  };
  check_devices(&rig, expected);
  ck_assert_str_eq(rig.inventory.devices[3]->kind, "davit.local/drm");
  ck_assert_str_eq(rig.inventory.devices[3]->vendor, "drm");
  ck_assert_str_eq(rig.inventory.devices[3]->driver, "panfrost");
}
END_TEST

START_TEST(only_a_vendor_id_or_a_driver_is_served) {
  static const struct {
    const char *vendor;
    const char *ids;
  } cases[] = {
      {"drm", "0000:03:00.0 0000:05:00.0 0000:21:00.0 fde60000.gpu "},
      {"0x1e52", "0000:21:00.0 "},
      {"0x1a03", "0000:03:00.0 "},
      {"acme_npu", "0000:21:00.0 "},
      {"panfrost", "fde60000.gpu "},
      {"nouveau", "0000:05:00.0 "},
      {"nvidia", ""}, /* nouveau's card is not what was asked */
      {"acme", ""},
      {"0x1e5", ""},
      {"0x", ""},
      {"0x0x1e52", ""},
      {"1e52", ""},
      {"*", ""},
      {"", ""},
  };
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, cases[_i].vendor);
  const char *ids = "";
  for (size_t i = 0; i < rig.inventory.count; i++)
    ids = arena_printf(&rig.arena, "%s%s ", ids, rig.inventory.devices[i]->id);
  ck_assert_str_eq(ids, cases[_i].ids);
}
END_TEST

START_TEST(a_query_narrows_but_changes_no_index) {
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, "panfrost");
  const struct expected_device expected[] = {
      {"fde60000.gpu", 2, NULL, .nodes = "/dev/dri/renderD128 /dev/dri/card3"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(nvidias_own_driver_needs_its_own_plugin) {
  put_pci_card("0000:06:00.0", "0x10de", "nvidia", "card5", "226:5", "renderD133", "226:133");
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, "nvidia");
  const struct expected_device expected[] = {
      {"0000:06:00.0", 1, "0000:06:00.0",
       .unusable = "of no use without nodes that only the nvidia plugin knows"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(a_missing_render_node_is_told) {
  drop(&rig, "/dev/dri/renderD129");
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, "0x1e52");
  const struct expected_device expected[] = {
      {"0000:21:00.0", 1, "0000:21:00.0", .unusable = "no device node /dev/dri/renderD129"},
  };
  check_devices(&rig, expected);
}
END_TEST

START_TEST(a_name_that_cdi_does_not_allow_gives_way_to_the_node) {
  put_drm(&rig, "/sys/devices/platform/gpu@1", "card6", "226:6");
  put_drm(&rig, "/sys/devices/platform/gpu@1", "renderD134", "226:134");
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, "drm");
  ck_assert_str_eq(find_device(&rig, "renderD134")->nodes[0], "/dev/dri/renderD134");
}
END_TEST

START_TEST(the_card_node_is_given_on_demand) {
  static const struct {
    const char *option, *edits;
  } cases[] = {
      {NULL, "0000:21:00.0: node /dev/dri/renderD129\nfde60000.gpu: node /dev/dri/renderD128\n"},
      {"card=off",
       "0000:21:00.0: node /dev/dri/renderD129\nfde60000.gpu: node /dev/dri/renderD128\n"},
      {"card=on", "0000:21:00.0: node /dev/dri/renderD129\n0000:21:00.0: node /dev/dri/card2\n"
                  "fde60000.gpu: node /dev/dri/renderD128\nfde60000.gpu: node /dev/dri/card3\n"},
  };
  rig_open(&rig, "drm", (const char *const[]){cases[_i].option, NULL});
  rig_enumerate(&rig, "drm");
  ck_assert_edits(&rig, rig_inject(&rig, "0000:21:00.0 fde60000.gpu"), cases[_i].edits);
}
END_TEST

static void put_link(const char *name, const char *target) {
  tree_link(&rig.tree, arena_printf(&rig.arena, "/dev/dri/by-path/%s", name), target);
}

static void put_links(void) {
  put_link("pci-0000:21:00.0-render", "../renderD129");
  put_link("pci-0000:21:00.0-card", "../card2");
  put_link("platform-fde60000.gpu-render", "../renderD128");
  put_link("pci-0000:99:00.0-render", "../renderD199"); /* of a device that is gone */
  put_link("odd", "/dev/dri/renderD129");               /* not udev's */
  put_link("odder", "../by-id/renderD129");
}

START_TEST(a_device_goes_by_the_names_of_its_nodes) {
  put_links();
  rig_open(&rig, "drm", NULL);
  rig_enumerate(&rig, "drm");
  const char *const *names = find_device(&rig, "0000:21:00.0")->aliases;
  static const char *const expected[] = {"renderD129", "card2", "pci-0000:21:00.0-card",
                                         "pci-0000:21:00.0-render"};
  for (size_t i = 0; i < ARRAY_LEN(expected); i++)
    ck_assert_str_eq(names[i], expected[i]);
  ck_assert_ptr_null(names[ARRAY_LEN(expected)]);
  ck_assert_ptr_null(find_device(&rig, "0000:03:00.0")->aliases);
}
END_TEST

START_TEST(nodes_are_given_by_path_too) {
  put_links();
  rig_open(&rig, "drm", (const char *const[]){"by-path=on", "card=on", NULL});
  rig_enumerate(&rig, "drm");
  ck_assert_edits(
      &rig, rig_inject(&rig, "0000:21:00.0"),
      "0000:21:00.0: node /dev/dri/renderD129\n"
      "0000:21:00.0: node /dev/dri/by-path/pci-0000:21:00.0-render from /dev/dri/renderD129\n"
      "0000:21:00.0: node /dev/dri/card2\n"
      "0000:21:00.0: node /dev/dri/by-path/pci-0000:21:00.0-card from /dev/dri/card2\n");
  ck_assert_ptr_null(rig_inject(&rig, "fde60000.gpu")); /* its card has no link */
  ck_assert_error(&rig.err, "drm.by-path-missing", "no link in /dev/dri/by-path leads to");
}
END_TEST

START_TEST(one_render_node_may_have_another_name) {
  rig_open(&rig, "drm", (const char *const[]){"render-as=renderD128", "card=on", NULL});
  rig_enumerate(&rig, "drm");
  ck_assert_edits(&rig, rig_inject(&rig, "0000:21:00.0"),
                  "0000:21:00.0: node /dev/dri/renderD128 from /dev/dri/renderD129\n"
                  "0000:21:00.0: node /dev/dri/card2\n");
  ck_assert_ptr_null(rig_inject(&rig, "0000:21:00.0 fde60000.gpu"));
  ck_assert_error(&rig.err, "drm.render-as",
                  "2 devices can not all have the render node renderD128");
  ck_assert_ptr_null(
      rig_edits(&rig, RIG_INJECT, "0000:21:00.0", "exclusive", DAVIT_REQUEST_GENERATE));
  ck_assert_error(&rig.err, "drm.render-as", "a CDI file can not say");
}
END_TEST

START_TEST(a_render_node_has_the_name_of_one) {
  static const char *const cases[] = {"render-as=", "render-as=card0", "render-as=renderD",
                                      "render-as=renderD1/../x", "render-as=/dev/dri/renderD128"};
  rig_open(&rig, "drm", (const char *const[]){cases[_i], NULL});
  rig_enumerate(&rig, "drm");
  ck_assert_ptr_null(rig_inject(&rig, "0000:21:00.0"));
  ck_assert_error(&rig.err, "drm.render-as", "is not the name of a render node");
}
END_TEST

START_TEST(an_empty_host_has_no_device) {
  struct rig other;
  rig_begin(&other);
  rig_open(&other, "drm", NULL);
  rig_enumerate(&other, NULL);
  ck_assert_uint_eq(other.inventory.count, 0);
  rig_end(&other);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("drm");
  TCase *cases = tcase_create("drm");
  tcase_add_checked_fixture(cases, many_kinds, end);
  tcase_add_test(cases, each_device_is_listed_once_with_its_pair);
  tcase_add_loop_test(cases, only_a_vendor_id_or_a_driver_is_served, 0, 14);
  tcase_add_test(cases, a_query_narrows_but_changes_no_index);
  tcase_add_test(cases, nvidias_own_driver_needs_its_own_plugin);
  tcase_add_test(cases, a_missing_render_node_is_told);
  tcase_add_test(cases, a_name_that_cdi_does_not_allow_gives_way_to_the_node);
  tcase_add_loop_test(cases, the_card_node_is_given_on_demand, 0, 3);
  tcase_add_test(cases, a_device_goes_by_the_names_of_its_nodes);
  tcase_add_test(cases, nodes_are_given_by_path_too);
  tcase_add_test(cases, one_render_node_may_have_another_name);
  tcase_add_loop_test(cases, a_render_node_has_the_name_of_one, 0, 5);
  tcase_add_test(cases, an_empty_host_has_no_device);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
