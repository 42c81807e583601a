/* SPDX-License-Identifier: Apache-2.0 */
/* devices and storage: what of the host is seen inside, and where. */
#include "service_testing.h"

#define CLEAN_HINT  "no \"//\", \".\" or \"..\" in it and no \"/\" at its end"
#define MODE_HINT   "octal digits, at most 7777: 1777"
#define BIND(keys)  "storage: [{type: bind, source: /srv, " keys "}]"
#define TMPFS(keys) "storage: [{type: tmpfs, target: /tmp, " keys "}]"

static const struct {
  const char *yaml;
  const char *access;
} accesses[] = {{"", "rw"},
                {", mknod: true", "rwm"},
                {", write: false", "r"},
                {", read: false", "w"},
                {", read: false, write: false, mknod: true", "m"}};

START_TEST(devices_have_access_flags) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service = load_service(
      &arena, arena_printf(&arena, "devices: [{path: /dev/kvm%s}]", accesses[_i].yaml));
  ck_assert_uint_eq(service->device_count, 1);
  ck_assert_str_eq(service->devices[0].path, "/dev/kvm");
  ck_assert_str_eq(service->devices[0].access, accesses[_i].access);
  ck_assert_uint_eq(service->devices[0].at.line, 6);
  ck_assert_uint_eq(service->devices[0].at.column, 15);
  ck_assert_str_eq(service->devices[0].at.key, "services.web.devices[0]");
}
END_TEST

START_TEST(binds_and_tmpfs) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, "storage:\n"
                           "  - type: bind\n"
                           "    source: /\n"
                           "    target: /host\n"
                           "    readonly: true\n"
                           "  - {target: /tmp, type: tmpfs, size: 256Mi, mode: 1777}\n"
                           "  - {type: tmpfs, target: /run, size: , mode: ~}\n");
  ck_assert_uint_eq(service->storage_count, 3);
  const struct service_storage *bind = &service->storage[0], *tmpfs = &service->storage[1];
  ck_assert_int_eq(bind->type, SERVICE_BIND);
  ck_assert_str_eq(bind->source, "/");
  ck_assert_uint_eq(bind->source_at.line, 8);
  ck_assert_str_eq(bind->source_at.key, "services.web.storage[0].source");
  ck_assert_str_eq(bind->target, "/host");
  ck_assert_uint_eq(bind->target_at.line, 9);
  ck_assert(bind->readonly);
  ck_assert_uint_eq(bind->at.line, 7);
  ck_assert_int_eq(tmpfs->type, SERVICE_TMPFS);
  ck_assert_ptr_null(tmpfs->source);
  ck_assert_str_eq(tmpfs->target, "/tmp");
  ck_assert(tmpfs->has_size && tmpfs->has_mode && !tmpfs->readonly);
  ck_assert_uint_eq(tmpfs->size, 268435456);
  ck_assert_uint_eq(tmpfs->mode, 01777);
  ck_assert(!service->storage[2].has_size && !service->storage[2].has_mode);
}
END_TEST

static const struct {
  const char *yaml;
  uint32_t mode;
} modes[] = {{"1777", 01777},   {"\"1777\"", 01777}, {"01777", 01777}, {"0o1777", 01777},
             {"'0o755'", 0755}, {"700", 0700},       {"0", 0},         {"7777", 07777}};

START_TEST(modes_are_octal_digits) {
  CLEANUP(arena) struct arena arena = {0};
  const struct service *service =
      load_service(&arena, arena_printf(&arena, TMPFS("mode: %s"), modes[_i].yaml));
  ck_assert(service->storage[0].has_mode);
  ck_assert_uint_eq(service->storage[0].mode, modes[_i].mode);
}
END_TEST

START_TEST(a_bare_number_is_a_size) {
  CLEANUP(arena) struct arena arena = {0};
  ck_assert_uint_eq(load_service(&arena, TMPFS("size: 4096"))->storage[0].size, 4096);
  ck_assert_uint_eq(load_service(&arena, "shm_size: 1Gi")->shm_size, 1073741824);
}
END_TEST

static const struct service_wrong wrong[] = {
    {"devices: [^{}]", "invalid", ".devices[0]", "the key \"path\" is missing",
     "add `path: /dev/kvm`"},
    {"devices: [{path: ^dev/kvm}]", "invalid", ".devices[0].path",
     "the path \"dev/kvm\" is not absolute", "start it with \"/\""},
    {"devices: [{path: ^/dev/../etc}]", "invalid", ".devices[0].path",
     "the path \"/dev/../etc\" is not clean", CLEAN_HINT},
    {"devices: [{path: ^/dev/dri/}]", "invalid", ".devices[0].path",
     "the path \"/dev/dri/\" is not clean", CLEAN_HINT},
    {"devices: [^{path: /dev/kvm, read: false, write: false}]", "invalid", ".devices[0]",
     "the device allows nothing", "allow at least one of read, write and mknod"},
    {"devices: [{path: /dev/kvm, write: ^no}]", "invalid", ".devices[0].write",
     "the text \"no\" is not a bool", "write true or false, without quotes"},
    {"devices:\n- path: /dev/kvm\n- path: /dev/fuse\n- path: ^/dev/kvm", "invalid",
     ".devices[2].path", "\"/dev/kvm\" is already in line 7", "keep this one or that of line 7"},
    {"storage: ^{type: bind}", "invalid", ".storage", "a mapping is not a list",
     "write a list, or leave the key out"},
    {"storage: [^/srv:/data]", "invalid", ".storage[0]", "the text \"/srv:/data\" is not a mapping",
     "write `{type: bind, source: ..., target: ...}`"},
    {"storage: [^{source: /srv, target: /data}]", "invalid", ".storage[0]",
     "the key \"type\" is missing", "add `type: bind` or `type: tmpfs`"},
    {"storage: [{type: ^binds}]", "invalid", ".storage[0].type",
     "\"binds\" is not one of the values allowed",
     "did you mean \"bind\"? allowed: bind, tmpfs, named, anonymous, s3"},
    {"storage: [{type: ^named, name: db, target: /data}]", "unsupported", ".storage[0].type",
     "the storage type named is known, not supported yet", "use bind or tmpfs"},
    {"storage: [{type: ^anonymous, target: /data}]", "unsupported", ".storage[0].type",
     "the storage type anonymous is known, not supported yet", "use bind or tmpfs"},
    {"storage: [{type: ^s3, bucket: b, target: /data}]", "unsupported", ".storage[0].type",
     "the storage type s3 is known, not supported yet", "use bind or tmpfs"},
    {"storage: [^{type: bind, target: /data}]", "invalid", ".storage[0]",
     "the key \"source\" is missing", "add `source: /srv/data`"},
    {"storage: [^{type: bind, source: /srv}]", "invalid", ".storage[0]",
     "the key \"target\" is missing", "add `target: /data`"},
    {"storage: [^{type: tmpfs}]", "invalid", ".storage[0]", "the key \"target\" is missing",
     "add `target: /scratch`"},
    {"storage: [{type: bind, source: ^./srv, target: /data}]", "invalid", ".storage[0].source",
     "the path \"./srv\" is not absolute", "start it with \"/\""},
    {BIND("target: ^data"), "invalid", ".storage[0].target", "the path \"data\" is not absolute",
     "start it with \"/\""},
    {BIND("target: ^/"), "invalid", ".storage[0].target", "the target is the root directory",
     "name a directory below it"},
    {BIND("target: ^/data/"), "invalid", ".storage[0].target", "the path \"/data/\" is not clean",
     CLEAN_HINT},
    {BIND("target: ^/data/../etc"), "invalid", ".storage[0].target",
     "the path \"/data/../etc\" is not clean", CLEAN_HINT},
    {BIND("target: /data, readonly: ^1"), "invalid", ".storage[0].readonly",
     "the number 1 is not a bool", "write true or false, without quotes"},
    {BIND("target: /data, ^size: 1Gi"), "unknown-key", ".storage[0].size",
     "the key \"size\" is not known here", "known here: type, source, target, readonly"},
    {TMPFS("^readonly: true"), "unknown-key", ".storage[0].readonly",
     "the key \"readonly\" is not known here", "known here: type, target, size, mode"},
    {TMPFS("size: ^'1m,mode=777'"), "invalid", ".storage[0].size", "\"1m,mode=777\" is not a size",
     "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"},
    {TMPFS("mode: ^999"), "invalid", ".storage[0].mode", "\"999\" is not the mode of a directory",
     MODE_HINT},
    {TMPFS("mode: ^10000"), "invalid", ".storage[0].mode",
     "\"10000\" is not the mode of a directory", MODE_HINT},
    {TMPFS("mode: ^0x1ff"), "invalid", ".storage[0].mode",
     "\"0x1ff\" is not the mode of a directory", MODE_HINT},
    {TMPFS("mode: ^-1"), "invalid", ".storage[0].mode", "\"-1\" is not the mode of a directory",
     MODE_HINT},
    {TMPFS("mode: ^u=rwx"), "invalid", ".storage[0].mode",
     "\"u=rwx\" is not the mode of a directory", MODE_HINT},
    {TMPFS("mode: ^''"), "invalid", ".storage[0].mode", "\"\" is not the mode of a directory",
     MODE_HINT},
    {"storage:\n- {type: tmpfs, target: /data}\n- {type: bind, source: /srv, target: ^/data}",
     "invalid", ".storage[1].target", "\"/data\" is already in line 7",
     "keep this one or that of line 7"},
};

START_TEST(wrong_storage) {
  check_wrong_body(&wrong[_i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("service_storage");
  TCase *tests = tcase_create("service_storage");
  tcase_add_loop_test(tests, devices_have_access_flags, 0, ARRAY_LEN(accesses));
  tcase_add_test(tests, binds_and_tmpfs);
  tcase_add_loop_test(tests, modes_are_octal_digits, 0, ARRAY_LEN(modes));
  tcase_add_test(tests, a_bare_number_is_a_size);
  tcase_add_loop_test(tests, wrong_storage, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
