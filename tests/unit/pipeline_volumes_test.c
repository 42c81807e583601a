/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes and sockets: which directory is which volume, and what is refused. */
#include "pipeline_rig.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "pipeline/volumes.h"

#define NAMED     "storage: [{type: named, name: db, target: /db}]"
#define ANONYMOUS "storage: [{type: anonymous, target: /var/cache}]"
#define S3        "storage: [{type: s3, bucket: models, prefix: a/b, target: /m}]"
#define AT        "services.web.storage[0]"

/* Makes the directory with all its parents. */
static void make_dirs(struct scratch_dir *dir, const char *name) {
  char path[256];
  snprintf(path, sizeof(path), "%s", name);
  for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
    *slash = '\0';
    mkdir(below(dir, path), 0755);
    *slash = '/';
  }
  make_dir(dir, path);
}

/* The format takes the scratch directory and a name below it. */
#define TEXT(rig, format, name) arena_printf(&(rig)->dir.arena, format, (rig)->dir.path, name)

static void give(struct rig *rig, const struct render_volume *volumes, size_t count) {
  rig->options.volumes = volumes;
  rig->options.volume_count = count;
}

static const struct {
  const char *keys;
  const char *key;      /* of --volume */
  const char *laid_out; /* below --volume-dir */
  const char *entry;
  const char *options;
} layouts[] = {
    {NAMED, "db", "named/db", "mounts./db", "rbind,rprivate,rw"},
    {"storage: [{type: named, name: db, target: /db, readonly: true}]", "db", "named/db",
     "mounts./db", "rbind,rprivate,rro"},
    {ANONYMOUS, "/var/cache", "anonymous/web/7/var%2Fcache", "mounts./var/cache",
     "rbind,rprivate,rw"},
    {S3, "s3://models/a/b", "s3/models/a%2Fb", "mounts./m", "rbind,rprivate,rw"},
    {"storage: [{type: s3, bucket: models, target: /m, readonly: true}]", "s3://models",
     "s3/models/%", "mounts./m", "rbind,rprivate,rro"},
    {"storage: [{type: s3, bucket: models, prefix: .a, target: /m}]", "s3://models/.a",
     "s3/models/%2Ea", "mounts./m", "rbind,rprivate,rw"},
    {"storage: [{type: s3, bucket: models, prefix: \"x %ü\", target: /m}]", "s3://models/x %ü",
     "s3/models/x%20%25%C3%BC", "mounts./m", "rbind,rprivate,rw"},
};

START_TEST(volumes_are_found_in_the_layout) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  rig.options.replica = 7;
  rig.options.volume_dir = rig.dir.path;
  make_dirs(&rig.dir, layouts[_i].laid_out);
  ck_assert_ok(rig_render(&rig, layouts[_i].keys), &rig.err);
  const char *source = NULL;
  ck_assert_str_eq(rig_entry(&rig, layouts[_i].entry, &source),
                   arena_printf(&rig.dir.arena, "bind %s/%s %s", rig.dir.path, layouts[_i].laid_out,
                                layouts[_i].options));
  ck_assert_str_eq(source, "s.yaml:6 (" AT ")");
}
END_TEST

START_TEST(a_directory_of_its_own_outranks_the_layout) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  const struct render_volume volume = {layouts[_i].key, make_dir(&rig.dir, "own")};
  rig.options.volume_dir = "/nonexistent";
  give(&rig, &volume, 1);
  ck_assert_ok(rig_render(&rig, layouts[_i].keys), &rig.err);
  ck_assert_str_eq(
      rig_entry(&rig, layouts[_i].entry, NULL),
      arena_printf(&rig.dir.arena, "bind %s/own %s", rig.dir.path, layouts[_i].options));
}
END_TEST

START_TEST(a_missing_directory_is_named_with_its_mkdir) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  rig.options.replica = 7;
  rig.options.volume_dir = rig.dir.path;
  rig_refuses(&rig, layouts[_i].keys, "volume.directory", AT,
              arena_printf(&rig.dir.arena,
                           "the directory \"%s/%s\" of the volume \"%s\" is not there",
                           rig.dir.path, layouts[_i].laid_out, layouts[_i].key),
              TEXT(&rig, "mkdir -p '%s/%s'", layouts[_i].laid_out));
  ck_assert_int_ne(access(below(&rig.dir, layouts[_i].laid_out), F_OK), 0);
}
END_TEST

/* root.path and mounts are absolute and without links: what the caller named may be neither. */
START_TEST(links_and_dots_are_resolved) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  make_dir(&rig.dir, "real");
  ck_assert_int_eq(symlink("real", below(&rig.dir, "link")), 0);
  const struct render_volume volume = {"db", below(&rig.dir, ".//link/../link/.")};
  give(&rig, &volume, 1);
  ck_assert_ok(rig_render(&rig, NAMED), &rig.err);
  ck_assert_str_eq(rig_entry(&rig, "mounts./db", NULL),
                   TEXT(&rig, "bind %s/%s rbind,rprivate,rw", "real"));
}
END_TEST

START_TEST(m6_volumes_that_cannot_be_are_refused) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  rig_refuses(&rig, NAMED, "volume.directory", AT, "nothing says where the volume \"db\" is",
              "give --volume and its directory, or --volume-dir");
  const struct render_volume volume = {"db", make_file(&rig.dir, "file", "")};
  give(&rig, &volume, 1);
  rig_refuses(
      &rig, NAMED, "volume.directory", AT,
      TEXT(&rig, "\"%s/%s\", where the volume \"db\" should be, is not a directory", "file"),
      "give a directory");
  rig_refuses(&rig, "storage: [{type: named, name: db, target: /proc}]", "storage.target",
              AT ".target", "\"/proc\" is mounted in every container", "mount it elsewhere");
}
END_TEST

START_TEST(names_that_are_no_file_names_need_a_directory) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  char prefix[257] = {0};
  memset(prefix, 'p', 256);
  const char *keys = arena_printf(
      &rig.dir.arena, "storage: [{type: s3, bucket: models, prefix: %s, target: /m}]", prefix);
  rig.options.volume_dir = rig.dir.path;
  rig_refuses(&rig, keys, "volume.directory", AT,
              arena_printf(&rig.dir.arena,
                           "the volume \"s3://models/%s\" has too long a name for a directory of "
                           "--volume-dir",
                           prefix),
              "give --volume and its directory");
}
END_TEST

START_TEST(a_volume_that_no_service_has_is_an_error) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  make_dirs(&rig.dir, "named/db");
  rig.options.volume_dir = rig.dir.path;
  const struct render_volume volumes[] = {{"of-other", rig.dir.path}, {"bd", rig.dir.path}};
  give(&rig, volumes, 2);
  rig_refuses(&rig, NAMED, "volume.unknown", "--volume",
              "no service of s.yaml has the volume \"bd\"", "did you mean \"db\"?");
  const struct render_volume far = {"s3://models/x", rig.dir.path};
  give(&rig, &far, 1);
  rig_refuses(&rig, NAMED, "volume.unknown", "--volume",
              "no service of s.yaml has the volume \"s3://models/x\"",
              "volumes there: db, of-other");
  give(&rig, volumes, 1);
  ck_assert_ok(rig_render(&rig, NAMED), &rig.err);
}
END_TEST

static const struct {
  const char *first, *second;
} pairs[] = {
    {"{type: anonymous, target: /a/b", "{type: anonymous, target: /a_b"},
    {"{type: anonymous, target: /a/b", "{type: anonymous, target: /a%2Fb"},
    {"{type: s3, bucket: data_a, prefix: b, target: /x",
     "{type: s3, bucket: data, prefix: a_b, target: /y"},
    {"{type: s3, bucket: data, target: /x", "{type: s3, bucket: data, prefix: '%', target: /y"},
    {"{type: s3, bucket: data, prefix: a/, target: /x",
     "{type: s3, bucket: data, prefix: a, target: /y"},
    {"{type: s3, bucket: data, prefix: ., target: /x",
     "{type: s3, bucket: data, prefix: '%2E', target: /y"},
};

/* The directory that is said to be missing is the one that would be mounted. */
static const char *directory_of(struct rig *rig, const char *storage) {
  ck_assert_int_lt(rig_render(rig, arena_printf(&rig->dir.arena, "storage: [%s}]", storage)), 0);
  ck_assert_str_eq(rig->err.first->code, "volume.directory");
  return arena_strdup(&rig->dir.arena, rig->err.first->hint);
}

START_TEST(m4_no_two_volumes_share_a_directory) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  rig.options.volume_dir = rig.dir.path;
  const char *first = directory_of(&rig, pairs[_i].first);
  ck_assert_str_ne(first, directory_of(&rig, pairs[_i].second));
  ck_assert_str_eq(first, directory_of(&rig, pairs[_i].first));
}
END_TEST

START_TEST(one_volume_may_be_mounted_twice) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  make_dirs(&rig.dir, "named/db");
  rig.options.volume_dir = rig.dir.path;
  ck_assert_ok(rig_render(&rig, "storage:\n"
                                "    - {type: named, name: db, target: /a, tier: network}\n"
                                "    - {type: named, name: db, target: /b, tier: network}"),
               &rig.err);
  ck_assert_str_eq(rig_entry(&rig, "mounts./a", NULL), rig_entry(&rig, "mounts./b", NULL));
}
END_TEST

START_TEST(m7_networks_are_warned_of_once_a_volume) {
  static const char wanted[] =
      "storage.network: services.web.storage[1]: the volume \"db\" is on a network: unsafe for "
      "SQLite and other databases\n"
      "storage.network: services.web.storage[3]: the volume \"s3://models\" is on a network: "
      "unsafe "
      "for SQLite and other databases\n";
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  rig.log.threshold = LOG_LEVEL_WARNING;
  const struct render_volume volumes[] = {
      {"near", rig.dir.path}, {"db", rig.dir.path}, {"s3://models", rig.dir.path}};
  give(&rig, volumes, 3);
  ck_assert_ok(rig_render(&rig, "storage:\n"
                                "    - {type: named, name: near, target: /a, tier: cached}\n"
                                "    - {type: named, name: db, target: /b, tier: network}\n"
                                "    - {type: named, name: db, target: /c, tier: network}\n"
                                "    - {type: s3, bucket: models, target: /d}\n"
                                "    - {type: s3, bucket: models, target: /e}"),
               &rig.err);
  ck_assert_str_eq(rig.logged, wanted);
}
END_TEST

/* ---- sockets ----------------------------------------------------------------------------------
 */

static const char *make_socket(struct rig *rig, const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = below(&rig->dir, name);
  CLEANUP(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_lt(snprintf(address.sun_path, sizeof(address.sun_path), "%s", path),
                   (int)sizeof(address.sun_path));
  ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
  return path;
}

START_TEST(m8_sockets_are_not_read_only) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  make_socket(&rig, "app.sock");
  ck_assert_int_eq(symlink("app.sock", below(&rig.dir, "link")), 0);
  const struct render_socket socket = {below(&rig.dir, "link"), "/run/app.sock"};
  rig.options.sockets = &socket;
  rig.options.socket_count = 1;
  ck_assert_ok(rig_render(&rig, "privileged: false"), &rig.err);
  const char *source = NULL;
  ck_assert_str_eq(rig_entry(&rig, "mounts./run/app.sock", &source),
                   TEXT(&rig, "bind %s/%s rbind,rprivate,rw", "app.sock"));
  ck_assert_str_eq(source, "--socket");
}
END_TEST

START_TEST(what_is_no_socket_is_refused) {
  CLEANUP(rig) struct rig rig;
  rig_set_up(&rig);
  struct render_socket sockets[] = {{below(&rig.dir, "none"), "/run/s"}, {NULL, "/run/s"}};
  rig.options.sockets = sockets;
  rig.options.socket_count = 1;
  rig_refuses(&rig, "privileged: false", "socket.source", "--socket",
              TEXT(&rig, "\"%s/%s\" is not there", "none"),
              "start the program that listens there before");
  sockets[0].host = make_file(&rig.dir, "file", "");
  rig_refuses(&rig, "privileged: false", "socket.source", "--socket",
              TEXT(&rig, "\"%s/%s\" is not a socket", "file"),
              "files and directories are mounted by the key storage");
  sockets[0].host = sockets[1].host = make_socket(&rig, "sock");
  rig_refuses(&rig, "storage: [{type: tmpfs, target: /run/s}]", "storage.target", "--socket",
              "\"/run/s\" is mounted already (s.yaml:6 (services.web.storage[0]))",
              "mount it elsewhere");
  rig.options.socket_count = 2;
  rig_refuses(&rig, "privileged: false", "storage.target", "--socket",
              "\"/run/s\" is mounted already (--socket)", "mount it elsewhere");
  sockets[0].container = "/proc";
  rig_refuses(&rig, "privileged: false", "storage.target", "--socket",
              "\"/proc\" is mounted in every container", "mount it elsewhere");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pipeline_volumes");
  TCase *tests = tcase_create("volumes");
  tcase_add_loop_test(tests, volumes_are_found_in_the_layout, 0, ARRAY_LEN(layouts));
  tcase_add_loop_test(tests, a_directory_of_its_own_outranks_the_layout, 0, ARRAY_LEN(layouts));
  tcase_add_loop_test(tests, a_missing_directory_is_named_with_its_mkdir, 0, ARRAY_LEN(layouts));
  tcase_add_test(tests, links_and_dots_are_resolved);
  tcase_add_test(tests, m6_volumes_that_cannot_be_are_refused);
  tcase_add_test(tests, names_that_are_no_file_names_need_a_directory);
  tcase_add_test(tests, a_volume_that_no_service_has_is_an_error);
  tcase_add_loop_test(tests, m4_no_two_volumes_share_a_directory, 0, ARRAY_LEN(pairs));
  tcase_add_test(tests, one_volume_may_be_mounted_twice);
  tcase_add_test(tests, m7_networks_are_warned_of_once_a_volume);
  suite_add_tcase(suite, tests);
  tests = tcase_create("sockets");
  tcase_add_test(tests, m8_sockets_are_not_read_only);
  tcase_add_test(tests, what_is_no_socket_is_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
