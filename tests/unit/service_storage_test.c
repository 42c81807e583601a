/* SPDX-License-Identifier: Apache-2.0 */
/* devices and storage: what of the host is seen inside, and where. */
#include "service_testing.h"

#define CLEAN_HINT  "no \"//\", \".\" or \"..\" in it and no \"/\" at its end"
#define MODE_HINT   "octal digits, at most 7777: 1777"
#define BIND(keys)  "storage: [{type: bind, source: /srv, " keys "}]"
#define TMPFS(keys) "storage: [{type: tmpfs, target: /tmp, " keys "}]"

#define NAMED(keys) "storage: [{type: named, target: /data, " keys "}]"
#define S3(keys)    "storage: [{type: s3, target: /data, " keys "}]"
#define NAME_HINT   "1 to 63 lower-case letters, digits and \"-\", neither first nor last a \"-\""
#define BUCKET_HINT \
  "3 to 255 letters, digits, \"-\", \"_\" and \".\", the first and the last a letter or a digit"
#define SIXTY_THREE "a12345678901234567890123456789012345678901234567890123456789012"

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

START_TEST(volumes_have_keys) {
  static const struct {
    const char *yaml;
    enum service_storage_type type;
    const char *key;
    bool is_network, readonly;
  } volumes[] = {
      {"{type: named, name: db, target: /a}", SERVICE_NAMED, "db", false, false},
      {"{type: named, name: " SIXTY_THREE ", target: /b, tier: cached, size: 1Gi}", SERVICE_NAMED,
       SIXTY_THREE, false, false},
      {"{type: named, name: 0, target: /c, tier: network, readonly: true}", SERVICE_NAMED, "0",
       true, true},
      {"{type: anonymous, target: /var/c=d, tier: local}", SERVICE_ANONYMOUS, "/var/c=d", false,
       false},
      {"{type: s3, bucket: models, target: /d, prefix: , endpoint: ~}", SERVICE_S3, "s3://models",
       true, false},
      {"{type: s3, bucket: Old_Bucket.1, target: /e, prefix: ''}", SERVICE_S3, "s3://Old_Bucket.1",
       true, false},
      {"{type: s3, bucket: models, target: /f, prefix: a/b=c/, readonly: true,"
       " endpoint: 'http://[::1]:9000', credentials: key}",
       SERVICE_S3, "s3://models/a/b=c/", true, true},
  };
  CLEANUP(arena) struct arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(volumes); i++) {
    const struct service_storage *storage =
        load_service(&arena, arena_printf(&arena, "storage: [%s]", volumes[i].yaml))->storage;
    ck_assert_int_eq(storage->type, volumes[i].type);
    ck_assert_str_eq(service_volume_key(&arena, storage), volumes[i].key);
    ck_assert(storage->is_network == volumes[i].is_network);
    ck_assert(storage->readonly == volumes[i].readonly);
  }
}
END_TEST

START_TEST(m7_what_the_preparer_of_a_volume_needs_is_listed) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(error) struct davit_error err = {0};
  static const char *const keys[] = {"services.web.storage[0].size",
                                     "services.web.storage[1].endpoint",
                                     "services.web.storage[1].credentials"};
  const struct service_file *file;
  const char *yaml = service_yaml(&arena, "storage:\n"
                                          "- {type: named, name: db, target: /a, size: 1Gi}\n"
                                          "- {type: s3, bucket: models, target: /b,"
                                          " endpoint: 'https://s3', credentials: key}\n");
  ck_assert_ok(load_text(&arena, yaml, &file, &err), &err);
  ck_assert_uint_eq(file->foreign_count, ARRAY_LEN(keys));
  for (size_t i = 0; i < ARRAY_LEN(keys); i++)
    ck_assert_str_eq(file->foreign[i].key, keys[i]);
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
     "the key \"type\" is missing", "add `type: bind`, tmpfs, named, anonymous or s3"},
    {"storage: [{type: ^binds}]", "invalid", ".storage[0].type",
     "\"binds\" is not one of the values allowed",
     "did you mean \"bind\"? allowed: bind, tmpfs, named, anonymous, s3"},
    {"storage: [^{type: named, target: /data}]", "invalid", ".storage[0]",
     "the key \"name\" is missing", "add `name: data`"},
    {"storage: [^{type: named, name: db}]", "invalid", ".storage[0]",
     "the key \"target\" is missing", "add `target: /data`"},
    {NAMED("name: ^Data"), "invalid", ".storage[0].name", "\"Data\" is not the name of a volume",
     NAME_HINT},
    {NAMED("name: ^''"), "invalid", ".storage[0].name", "\"\" is not the name of a volume",
     NAME_HINT},
    {NAMED("name: ^-db"), "invalid", ".storage[0].name", "\"-db\" is not the name of a volume",
     NAME_HINT},
    {NAMED("name: ^db-"), "invalid", ".storage[0].name", "\"db-\" is not the name of a volume",
     NAME_HINT},
    {NAMED("name: ^../db"), "invalid", ".storage[0].name", "\"../db\" is not the name of a volume",
     NAME_HINT},
    {NAMED("name: ^" SIXTY_THREE "4"), "invalid", ".storage[0].name",
     "\"" SIXTY_THREE "4\" is not the name of a volume", NAME_HINT},
    {NAMED("name: db, tier: ^networks"), "invalid", ".storage[0].tier",
     "\"networks\" is not one of the values allowed",
     "did you mean \"network\"? allowed: local, cached, network"},
    {NAMED("name: db, size: ^1.5Gi"), "invalid", ".storage[0].size", "\"1.5Gi\" is not a size",
     "digits and nothing, Ki, Mi, Gi, Ti (1024) or K, M, G, T (1000): 512Mi"},
    {NAMED("name: db, ^source: /srv"), "unknown-key", ".storage[0].source",
     "the key \"source\" is not known here",
     "known here: type, name, target, readonly, tier, size"},
    {"storage: [^{type: anonymous}]", "invalid", ".storage[0]", "the key \"target\" is missing",
     "add `target: /var/cache`"},
    {"storage: [{type: anonymous, target: /c, ^readonly: true}]", "unknown-key",
     ".storage[0].readonly", "the key \"readonly\" is not known here",
     "known here: type, target, tier"},
    {"storage: [^{type: s3, target: /m}]", "invalid", ".storage[0]",
     "the key \"bucket\" is missing", "add `bucket: models`"},
    {S3("bucket: ^b"), "invalid", ".storage[0].bucket", "\"b\" is not the name of a bucket",
     BUCKET_HINT},
    {S3("bucket: ^../etc"), "invalid", ".storage[0].bucket",
     "\"../etc\" is not the name of a bucket", BUCKET_HINT},
    {S3("bucket: ^..."), "invalid", ".storage[0].bucket", "\"...\" is not the name of a bucket",
     BUCKET_HINT},
    {S3("bucket: models, prefix: ^\"a\\tb\""), "invalid", ".storage[0].prefix",
     "\"a?b\" is not a prefix", "at most 1024 bytes, no control characters"},
    {S3("bucket: models, endpoint: ^s3.example.org"), "invalid", ".storage[0].endpoint",
     "\"s3.example.org\" is not an endpoint", "a URL: https://s3.example.org"},
    {S3("bucket: models, endpoint: ^'https://'"), "invalid", ".storage[0].endpoint",
     "\"https://\" is not an endpoint", "a URL: https://s3.example.org"},
    {S3("bucket: models, credentials: ^''"), "invalid", ".storage[0].credentials",
     "the credentials are empty or have control characters",
     "what the preparer of the volume takes, in one line"},
    {S3("bucket: models, credentials: ^[key]"), "invalid", ".storage[0].credentials",
     "a list is not a text", "write one value"},
    {"storage:\n- {type: named, name: db, target: /data}\n"
     "- {type: anonymous, target: ^/data}",
     "invalid", ".storage[1].target", "\"/data\" is already in line 7",
     "keep this one or that of line 7"},
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
  tcase_add_test(tests, volumes_have_keys);
  tcase_add_test(tests, m7_what_the_preparer_of_a_volume_needs_is_listed);
  tcase_add_loop_test(tests, modes_are_octal_digits, 0, ARRAY_LEN(modes));
  tcase_add_test(tests, a_bare_number_is_a_size);
  tcase_add_loop_test(tests, wrong_storage, 0, ARRAY_LEN(wrong));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
