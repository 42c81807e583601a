/* SPDX-License-Identifier: Apache-2.0 */
/* The table of capabilities against the kernel's own list, as its header has it. */
#include "testing.h"

#include <linux/capability.h>

#include "oci/oci.h"
#include "oci_testing.h"
#include "util/capability.h"

/* Each capability of the header that this program is built with. Those of later kernels come with
 * later headers: past CAP_LAST_CAP nothing is compared. */
#define KNOWN(name) \
  { name, #name }
static const struct {
  uint32_t number;
  const char *name;
} header[] = {
    KNOWN(CAP_CHOWN),
    KNOWN(CAP_DAC_OVERRIDE),
    KNOWN(CAP_DAC_READ_SEARCH),
    KNOWN(CAP_FOWNER),
    KNOWN(CAP_FSETID),
    KNOWN(CAP_KILL),
    KNOWN(CAP_SETGID),
    KNOWN(CAP_SETUID),
    KNOWN(CAP_SETPCAP),
    KNOWN(CAP_LINUX_IMMUTABLE),
    KNOWN(CAP_NET_BIND_SERVICE),
    KNOWN(CAP_NET_BROADCAST),
    KNOWN(CAP_NET_ADMIN),
    KNOWN(CAP_NET_RAW),
    KNOWN(CAP_IPC_LOCK),
    KNOWN(CAP_IPC_OWNER),
    KNOWN(CAP_SYS_MODULE),
    KNOWN(CAP_SYS_RAWIO),
    KNOWN(CAP_SYS_CHROOT),
    KNOWN(CAP_SYS_PTRACE),
    KNOWN(CAP_SYS_PACCT),
    KNOWN(CAP_SYS_ADMIN),
    KNOWN(CAP_SYS_BOOT),
    KNOWN(CAP_SYS_NICE),
    KNOWN(CAP_SYS_RESOURCE),
    KNOWN(CAP_SYS_TIME),
    KNOWN(CAP_SYS_TTY_CONFIG),
    KNOWN(CAP_MKNOD),
    KNOWN(CAP_LEASE),
    KNOWN(CAP_AUDIT_WRITE),
    KNOWN(CAP_AUDIT_CONTROL),
    KNOWN(CAP_SETFCAP),
    KNOWN(CAP_MAC_OVERRIDE),
    KNOWN(CAP_MAC_ADMIN),
    KNOWN(CAP_SYSLOG),
    KNOWN(CAP_WAKE_ALARM),
    KNOWN(CAP_BLOCK_SUSPEND),
    KNOWN(CAP_AUDIT_READ),
    KNOWN(CAP_PERFMON),
    KNOWN(CAP_BPF),
    KNOWN(CAP_CHECKPOINT_RESTORE),
};

START_TEST(each_has_the_kernels_number) {
  ck_assert_str_eq(capability_name(header[_i].number), header[_i].name);
}
END_TEST

/* A header with more than this table, or davit's, says that both are to be completed. */
START_TEST(none_of_the_header_is_missing) {
  ck_assert_uint_eq(ARRAY_LEN(header), CAP_LAST_CAP + 1);
  for (uint32_t number = 0; number <= CAP_LAST_CAP; number++)
    ck_assert_ptr_nonnull(capability_name(number));
  ck_assert_ptr_null(capability_name(UINT32_MAX));
}
END_TEST

START_TEST(all_names_make_all_bits) {
  CLEANUP(error) struct davit_error err = {0};
  CLEANUP(oci) struct oci *oci = NULL;
  const char *names[CAP_LAST_CAP + 2] = {0};
  for (uint32_t number = 0; number <= CAP_LAST_CAP; number++)
    names[number] = capability_name(number);
  ck_assert_ok(oci_new(&oci, &err), &err);
  ck_assert_ok(oci_set_capabilities(oci, names, &by_default, &err), &err);
  ck_assert_uint_eq(oci_get_capabilities(oci), (UINT64_C(2) << CAP_LAST_CAP) - 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("oci capabilities");
  TCase *tests = tcase_create("capabilities");
  tcase_add_loop_test(tests, each_has_the_kernels_number, 0, (int)ARRAY_LEN(header));
  tcase_add_test(tests, none_of_the_header_is_missing);
  tcase_add_test(tests, all_names_make_all_bits);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
