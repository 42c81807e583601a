/* SPDX-License-Identifier: Apache-2.0 */
/* Files, directories and links below a host root. */
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/node.h"
#include "host/resolve.h"
#include "util/cleanup.h"
#include "util/list.h"
#include "util/map.h"

/* Device nodes by path, as they were when first seen: a run that asks twice, as a provider and
 * whoever checks it do, gets one answer. */
struct seen {
  struct arena arena;
  struct map nodes; /* -> struct davit_stat */
};

struct host {
  int root;
  bool whole;   /* the root is "/": no link can lead out */
  bool fixture; /* texts stand for device nodes */
  char *name;   /* of the root, for messages */
  struct seen *seen;
};

/* ---- messages ----------------------------------------------------------------------------- */

/* What errno says about a path. */
static int fail_path(const struct host *host, const char *path, int error,
                     struct davit_error *err) {
  CLEANUP(free) char *below = NULL;
  if (!host->whole && asprintf(&below, "looked below the root %s", host->name) < 0)
    return error_memory(err);
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return error_add(err, DAVIT_E_NOT_FOUND, "host.not-found", below,
                     "%s: no such file or directory", path);
  case EACCES:
  case EPERM:
    return error_add(err, DAVIT_E_DENIED, "host.denied", "run davit as a user who may read it",
                     "%s: permission denied", path);
  case ELOOP:
    return error_add(err, DAVIT_E_INVALID, "host.invalid", below, "%s: too many links", path);
  case ENAMETOOLONG:
    return error_add(err, DAVIT_E_INVALID, "host.invalid", below, "%s: name too long", path);
  case ENOMEM:
    return error_memory(err);
  default:
    return error_add(err, DAVIT_E_FAILED, "host.failed", below, "%s: %s", path, strerror(error));
  }
}

static int fail_kind(const char *path, const char *kind, struct davit_error *err) {
  return error_add(err, DAVIT_E_INVALID, "host.invalid", NULL, "%s: not a %s", path, kind);
}

/* ---- opening ------------------------------------------------------------------------------ */

static int check_absolute(const char *path, struct davit_error *err) {
  if (path[0] == '/')
    return DAVIT_OK;
  return error_add(err, DAVIT_E_INVALID, "host.invalid", "begin it with \"/\"",
                   "\"%s\": not an absolute path", path);
}

static int open_inside(const struct host *host, const char *path, int flags, int *fd,
                       struct davit_error *err) {
  int answer = check_absolute(path, err);
  if (answer < 0)
    return answer;
  int opened = host->whole ? openat(host->root, path, flags | O_CLOEXEC)
                           : resolve_open(host->root, path, flags);
  if (opened < 0)
    return fail_path(host, path, errno, err);
  *fd = opened;
  return DAVIT_OK;
}

/* Looks without opening what is there: an open can wait for a writer, or start a watchdog. */
static int inspect(const struct host *host, const char *path, int flags, int *fd, struct stat *st,
                   struct davit_error *err) {
  CLEANUP(fd) int opened = -1;
  int answer = open_inside(host, path, O_PATH | flags, &opened, err);
  if (answer < 0)
    return answer;
  if (fstat(opened, st) < 0)
    return fail_path(host, path, errno, err);
  if (fd)
    *fd = fd_steal(&opened);
  return DAVIT_OK;
}

static int check_kind(const char *path, const struct stat *st, mode_t kind,
                      struct davit_error *err) {
  if ((st->st_mode & S_IFMT) == kind)
    return DAVIT_OK;
  return fail_kind(path, kind == S_IFDIR ? "directory" : "regular file", err);
}

/* Opens for reading what was seen to be of that kind, and sees that it still is. */
static int open_seen(const struct host *host, const char *path, mode_t kind, int *fd,
                     struct stat *st, struct davit_error *err) {
  CLEANUP(fd) int opened = -1;
  int answer = open_inside(host, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &opened, err);
  if (answer < 0)
    return answer;
  if (fstat(opened, st) < 0)
    return fail_path(host, path, errno, err);
  answer = check_kind(path, st, kind, err);
  if (answer == DAVIT_OK)
    *fd = fd_steal(&opened);
  return answer;
}

/* Opens for reading what is of that kind: S_IFREG or S_IFDIR. */
static int open_kind(const struct host *host, const char *path, mode_t kind, int *fd,
                     struct stat *st, struct davit_error *err) {
  int answer = inspect(host, path, 0, NULL, st, err);
  if (answer == DAVIT_OK)
    answer = check_kind(path, st, kind, err);
  return answer < 0 ? answer : open_seen(host, path, kind, fd, st, err);
}

/* ---- roots -------------------------------------------------------------------------------- */

static int new_host(int *root, char **name, struct host **host, struct davit_error *err) {
  CLEANUP(free) struct seen *seen = calloc(1, sizeof(*seen));
  struct host *made = seen ? calloc(1, sizeof(*made)) : NULL;
  if (!made)
    return error_memory(err);
  made->seen = STEAL(&seen);
  made->root = fd_steal(root);
  made->name = STEAL(name);
  made->whole = strcmp(made->name, "/") == 0;
  *host = made;
  return DAVIT_OK;
}

int host_open(const char *root, struct host **host, struct davit_error *err) {
  const char *hint = "give the directory that holds the dev, proc and sys of the host";
  CLEANUP(free) char *name = realpath(root, NULL);
  if (!name && errno == ENOMEM)
    return error_memory(err);
  CLEANUP(fd) int fd = name ? open(name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd < 0) {
    int answer = errno == EACCES                      ? DAVIT_E_DENIED
                 : errno == ENOENT                    ? DAVIT_E_NOT_FOUND
                 : errno == ENOTDIR || errno == ELOOP ? DAVIT_E_INVALID
                                                      : DAVIT_E_FAILED;
    return error_add(err, answer, "host.root", hint, "host root \"%s\": %s", root, strerror(errno));
  }
  int answer = new_host(&fd, &name, host, err);
  if (answer == DAVIT_OK)
    (*host)->fixture = !(*host)->whole;
  return answer;
}

int host_open_subtree(const struct host *host, const char *dir, struct host **sub,
                      struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  CLEANUP(free) char *name = NULL;
  struct stat st;
  int answer = inspect(host, dir, 0, &fd, &st, err);
  if (answer < 0)
    return answer;
  answer = check_kind(dir, &st, S_IFDIR, err);
  if (answer < 0)
    return answer;

  CLEANUP(arena) struct arena arena = {0};
  const char *machine = NULL;
  answer = host_machine_path(host, &arena, dir, &machine, err);
  if (answer < 0)
    return answer;
  name = strdup(machine);
  if (!name)
    return error_memory(err);
  answer = new_host(&fd, &name, sub, err);
  if (answer == DAVIT_OK)
    (*sub)->fixture = host->fixture;
  return answer;
}

void host_close(struct host *host) {
  if (!host)
    return;
  close(host->root);
  free(host->name);
  arena_free(&host->seen->arena);
  free(host->seen);
  free(host);
}

bool host_is_fixture(const struct host *host) {
  return host->fixture;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Reads to the end: the size that /proc and /sys report is not that of what they say. */
static int read_all(const struct host *host, const char *path, int fd, size_t expected, char **data,
                    size_t *size, struct davit_error *err) {
  enum {
    CHUNK = 4096
  };
  size_t capacity = expected < CHUNK ? CHUNK : expected + 1;
  size_t used = 0;
  CLEANUP(free) char *buffer = malloc(capacity);
  if (!buffer)
    return error_memory(err);
  for (;;) {
    ssize_t got = read(fd, buffer + used, capacity - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail_path(host, path, errno, err);
    if (got == 0)
      break;
    used += (size_t)got;
    if (used > HOST_MAX_FILE)
      break;
    if (used == capacity) {
      char *larger = realloc(buffer, capacity * 2);
      if (!larger)
        return error_memory(err);
      buffer = larger;
      capacity *= 2;
    }
  }
  *data = STEAL(&buffer);
  *size = used;
  return DAVIT_OK;
}

int host_read_file(const struct host *host, struct arena *arena, const char *path,
                   const char **data, size_t *size, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  CLEANUP(free) char *buffer = NULL;
  struct stat st;
  size_t used = 0;
  int answer = open_kind(host, path, S_IFREG, &fd, &st, err);
  if (answer < 0)
    return answer;
  if (st.st_size <= HOST_MAX_FILE) {
    answer = read_all(host, path, fd, (size_t)st.st_size, &buffer, &used, err);
    if (answer < 0)
      return answer;
  }
  if (st.st_size > HOST_MAX_FILE || used > HOST_MAX_FILE)
    return error_add(err, DAVIT_E_INVALID, "host.invalid", NULL, "%s: larger than %d MiB", path,
                     HOST_MAX_FILE / 1024 / 1024);
  struct davit_stat node;
  if (host->fixture && node_parse(buffer, used, &node))
    return fail_kind(path, "regular file", err);
  const char *text = arena_strndup(arena, buffer, used);
  if (!text)
    return error_memory(err);
  *data = text;
  if (size)
    *size = used;
  return DAVIT_OK;
}

int host_read_head(const struct host *host, struct arena *arena, const char *path, size_t most,
                   const char **data, size_t *size, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  struct stat st;
  if (most > HOST_MAX_FILE)
    most = HOST_MAX_FILE;
  int answer = open_kind(host, path, S_IFREG, &fd, &st, err);
  if (answer < 0)
    return answer;
  char *head = arena_alloc(arena, most + 1);
  if (!head)
    return error_memory(err);
  size_t used = 0;
  for (ssize_t got = 1; got != 0 && used < most;) {
    got = read(fd, head + used, most - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail_path(host, path, errno, err);
    used += (size_t)got;
  }
  head[used] = '\0';
  struct davit_stat node;
  if (host->fixture && used == (size_t)st.st_size && node_parse(head, used, &node))
    return fail_kind(path, "regular file", err);
  *data = head;
  *size = used;
  return DAVIT_OK;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int host_list_dir(const struct host *host, struct arena *arena, const char *path,
                  const char *const **names, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  struct stat st;
  int answer = open_kind(host, path, S_IFDIR, &fd, &st, err);
  if (answer < 0)
    return answer;
  CLEANUP(dir) DIR *dir = fdopendir(fd);
  if (!dir)
    return fail_path(host, path, errno, err);
  fd = -1; /* closedir() closes it */

  struct list list = {0};
  const struct dirent *entry;
  while (errno = 0, (entry = readdir(dir)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (list.count == HOST_MAX_NAMES)
      return error_add(err, DAVIT_E_INVALID, "host.invalid", NULL, "%s: more than %d names", path,
                       HOST_MAX_NAMES);
    const char *name = arena_strdup(arena, entry->d_name);
    if (!name || !list_push(arena, &list, name))
      return error_memory(err);
  }
  if (errno != 0)
    return fail_path(host, path, errno, err);
  if (list.count > 1)
    qsort(list.items, list.count, sizeof(list.items[0]), compare_names);
  *names = list_strings(&list);
  return DAVIT_OK;
}

/* ---- what a name is ----------------------------------------------------------------------- */

static uint32_t file_type(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return DAVIT_FILE_REGULAR;
  case S_IFDIR:
    return DAVIT_FILE_DIR;
  case S_IFLNK:
    return DAVIT_FILE_LINK;
  case S_IFCHR:
    return DAVIT_FILE_CHAR;
  case S_IFBLK:
    return DAVIT_FILE_BLOCK;
  case S_IFIFO:
    return DAVIT_FILE_FIFO;
  case S_IFSOCK:
    return DAVIT_FILE_SOCKET;
  default:
    return DAVIT_FILE_OTHER;
  }
}

static struct davit_stat describe(const struct stat *st) {
  bool node = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
  return (struct davit_stat){
      .type = file_type(st->st_mode),
      .mode = st->st_mode & 07777,
      .uid = st->st_uid,
      .gid = st->st_gid,
      .major = node ? major(st->st_rdev) : 0,
      .minor = node ? minor(st->st_rdev) : 0,
      .size = (uint64_t)st->st_size,
      .inode = st->st_ino,
      .mtime_ns = (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000u +
                            (uint64_t)st->st_mtim.tv_nsec), /* may wrap: only compared */
  };
}

/* A text that stands for a node makes *st that of the node. What cannot be read stays a file. */
static void see_node(const struct host *host, const char *path, struct davit_stat *st) {
  CLEANUP(error) struct davit_error ignored = {0};
  CLEANUP(fd) int fd = -1;
  struct stat file;
  if (open_seen(host, path, S_IFREG, &fd, &file, &ignored) < 0)
    return;
  char text[NODE_MAX_TEXT + 1];
  ssize_t size = read(fd, text, sizeof(text));
  if (size > 0 && node_parse(text, (size_t)size, st))
    st->size = 0;
}

/* No link leads out of "/", so the kernel can be asked without opening. */
static int look_at(const struct host *host, const char *path, bool follow, struct stat *st,
                   struct davit_error *err) {
  if (!host->whole)
    return inspect(host, path, follow ? 0 : O_NOFOLLOW, NULL, st, err);
  int answer = check_absolute(path, err);
  if (answer < 0)
    return answer;
  int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
  return fstatat(host->root, path, st, flags) < 0 ? fail_path(host, path, errno, err) : DAVIT_OK;
}

static bool is_node(const struct davit_stat *st) {
  return st->type == DAVIT_FILE_CHAR || st->type == DAVIT_FILE_BLOCK || st->type == DAVIT_FILE_FIFO;
}

/* Only what is no link itself: it is the same whether links are followed or not. Where memory is
 * out the node is looked at again. */
static void remember_node(const struct host *host, const char *path, const struct davit_stat *st) {
  struct davit_stat *kept = arena_alloc(&host->seen->arena, sizeof(*kept));
  const char *name = kept ? arena_strdup(&host->seen->arena, path) : NULL;
  if (!name)
    return;
  *kept = *st;
  (void)!map_put(&host->seen->arena, &host->seen->nodes, name, kept);
}

static int see(const struct host *host, const char *path, bool follow, struct davit_stat *st,
               struct davit_error *err) {
  void **known = map_find(&host->seen->nodes, path);
  if (known) {
    *st = *(const struct davit_stat *)*known;
    return DAVIT_OK;
  }
  struct stat file;
  int answer = look_at(host, path, follow, &file, err);
  if (answer < 0)
    return answer;
  *st = describe(&file);
  if (host->fixture && st->type == DAVIT_FILE_REGULAR && st->size > 0 && st->size <= NODE_MAX_TEXT)
    see_node(host, path, st);
  if (!follow && is_node(st))
    remember_node(host, path, st);
  return DAVIT_OK;
}

int host_stat(const struct host *host, const char *path, uint32_t flags, struct davit_stat *st,
              struct davit_error *err) {
  if (flags & DAVIT_FLAGS_CRITICAL)
    return error_add(err, DAVIT_E_UNSUPPORTED, "host.flags", NULL, "%s: unknown flags 0x%x", path,
                     flags);
  struct davit_stat full;
  int answer = see(host, path, !(flags & DAVIT_STAT_NOFOLLOW), &full, err);
  if (answer < 0)
    return answer;
  full.struct_size = st->struct_size;
  memcpy(st, &full, st->struct_size < sizeof(full) ? st->struct_size : sizeof(full));
  return DAVIT_OK;
}

int host_read_link(const struct host *host, struct arena *arena, const char *path,
                   const char **target, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  struct stat st;
  int answer = inspect(host, path, O_NOFOLLOW, &fd, &st, err);
  if (answer < 0)
    return answer;
  if (!S_ISLNK(st.st_mode))
    return fail_kind(path, "link", err);
  char text[PATH_MAX];
  ssize_t size = readlinkat(fd, "", text, sizeof(text));
  if (size < 0)
    return fail_path(host, path, errno, err);
  const char *copy = arena_strndup(arena, text, (size_t)size);
  if (!copy)
    return error_memory(err);
  *target = copy;
  return DAVIT_OK;
}

int host_real_path(const struct host *host, struct arena *arena, const char *path,
                   const char **resolved, struct davit_error *err) {
  int answer = check_absolute(path, err);
  if (answer < 0)
    return answer;
  char text[PATH_MAX];
  CLEANUP(fd) int fd = resolve_walk(host->root, path, O_PATH, text);
  if (fd < 0)
    return fail_path(host, path, errno, err);
  const char *copy = arena_strdup(arena, text);
  if (!copy)
    return error_memory(err);
  *resolved = copy;
  return DAVIT_OK;
}

int host_machine_path(const struct host *host, struct arena *arena, const char *path,
                      const char **name, struct davit_error *err) {
  const char *real = NULL;
  int answer = host_real_path(host, arena, path, &real, err);
  if (answer < 0)
    return answer;
  const char *joined = host->whole ? real : arena_printf(arena, "%s%s", host->name, real);
  if (!joined)
    return error_memory(err);
  *name = joined;
  return DAVIT_OK;
}
