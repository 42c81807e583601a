/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle of davit's holds config.json, the link rootfs and an empty marker file that tells it
 * from a bundle made by somebody else, whose config.json is never overwritten or deleted. */
#include "bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "util/cleanup.h"

static const char config_name[] = "config.json";
static const char rootfs_name[] = "rootfs";
static const char marker_name[] = ".davit-bundle";

static int refuse_foreign(const char *dir, const char *why, struct davit_error *err) {
  return error_add(err, DAVIT_E_INVALID, "bundle.foreign", "name a new or an empty directory",
                   "%s is not a bundle of davit's: %s", dir, why);
}

/* One of davit's calls on the directory went wrong; errno says how. */
static int report(const char *dir, const char *name, const char *what, const char *code,
                  struct davit_error *err) {
  int number = errno;
  return error_add(err, number == EACCES || number == EPERM ? DAVIT_E_DENIED : DAVIT_E_FAILED, code,
                   NULL, "%s%s%s: %s: %s", dir, name ? "/" : "", name ? name : "", what,
                   strerror(number));
}

/* What is in the directory beside davit's own files. */
struct contents {
  bool has_config, has_marker, has_others;
  bool has_rootfs, rootfs_is_link, rootfs_is_directory;
};

static int look_into(int fd, const char *dir, const char *code, struct contents *contents,
                     struct davit_error *err) {
  *contents = (struct contents){0};
  int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CLEANUP(dir) DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
  if (!listing) {
    if (copy >= 0)
      close(copy);
    return report(dir, NULL, "reading it", code, err);
  }
  for (const struct dirent *entry; (errno = 0, entry = readdir(listing));) {
    struct stat st;
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      continue;
    if (strcmp(name, config_name) == 0) {
      contents->has_config = true;
    } else if (strcmp(name, marker_name) == 0) {
      contents->has_marker = true;
    } else if (strcmp(name, rootfs_name) == 0 && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
      contents->has_rootfs = true;
      contents->rootfs_is_link = S_ISLNK(st.st_mode);
      contents->rootfs_is_directory = S_ISDIR(st.st_mode);
    } else {
      contents->has_others = true;
    }
  }
  return errno == 0 ? DAVIT_OK : report(dir, NULL, "reading it", code, err);
}

static int check_ours(const char *dir, const struct contents *contents, struct davit_error *err) {
  if (contents->has_marker)
    return DAVIT_OK;
  if (contents->has_config)
    return refuse_foreign(dir, "it has a config.json that somebody else made", err);
  if (contents->has_others)
    return refuse_foreign(dir, "it holds other files", err);
  return DAVIT_OK;
}

/* *fd is -1 if there is nothing at that path. */
static int open_bundle(const char *dir, int *fd, const char *code, struct davit_error *err) {
  *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*fd < 0 && errno == ENOTDIR)
    return error_add(err, DAVIT_E_INVALID, code, "name a directory", "%s is not a directory", dir);
  if (*fd < 0 && errno != ENOENT)
    return report(dir, NULL, "opening it", code, err);
  return DAVIT_OK;
}

int bundle_inspect(const char *dir, struct bundle_state *state, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  struct contents contents;
  *state = (struct bundle_state){0};
  int answer = open_bundle(dir, &fd, "bundle.create", err);
  if (answer < 0 || fd < 0)
    return answer;
  state->exists = true;
  answer = look_into(fd, dir, "bundle.create", &contents, err);
  if (answer == DAVIT_OK)
    answer = check_ours(dir, &contents, err);
  state->has_real_rootfs = contents.rootfs_is_directory;
  return answer;
}

static int name_temporary(const char *dir, struct bundle_file *prepared, struct davit_error *err) {
  unsigned long long number;
  if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
    return report(dir, prepared->name, "naming a temporary file", "bundle.create", err);
  snprintf(prepared->temporary, sizeof(prepared->temporary), ".%s.%016llx", prepared->name, number);
  return DAVIT_OK;
}

static int write_all(int fd, const char *data, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, data, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return -1;
    data += written;
    size -= (size_t)written;
  }
  return 0;
}

static int prepare_file(int dir_fd, const char *dir, struct bundle_file *prepared, const char *data,
                        size_t size, struct davit_error *err) {
  int answer = name_temporary(dir, prepared, err);
  if (answer < 0)
    return answer;
  CLEANUP(fd)
  int fd = openat(dir_fd, prepared->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  0600);
  if (fd >= 0 && write_all(fd, data, size) == 0 && fsync(fd) == 0)
    return DAVIT_OK;
  return report(dir, prepared->name, "writing it", "bundle.create", err);
}

static int prepare_link(int dir_fd, const char *dir, struct bundle_file *prepared,
                        const char *target, struct davit_error *err) {
  int answer = name_temporary(dir, prepared, err);
  if (answer == DAVIT_OK && symlinkat(target, dir_fd, prepared->temporary) < 0)
    answer = report(dir, prepared->name, "making it", "bundle.create", err);
  return answer;
}

static int commit(int dir_fd, const char *dir, struct bundle_file *prepared,
                  struct davit_error *err) {
  if (renameat(dir_fd, prepared->temporary, dir_fd, prepared->name) < 0)
    return report(dir, prepared->name, "putting it in place", "bundle.create", err);
  prepared->temporary[0] = '\0';
  return DAVIT_OK;
}

static void drop(int dir_fd, const struct bundle_file *prepared) {
  if (prepared->temporary[0])
    unlinkat(dir_fd, prepared->temporary, 0);
}

/* Opens the directory, which is made if it is not there; *made says so. */
static int open_or_make(const char *dir, int *fd, bool *made, struct davit_error *err) {
  int answer = open_bundle(dir, fd, "bundle.create", err);
  if (answer < 0 || *fd >= 0)
    return answer;
  if (mkdir(dir, 0700) < 0)
    return report(dir, NULL, "making it", "bundle.create", err);
  *made = true;
  *fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return *fd < 0 ? report(dir, NULL, "opening it", "bundle.create", err) : DAVIT_OK;
}

static int fill(int fd, const char *rootfs, const char *config, size_t size,
                struct bundle_draft *draft, struct davit_error *err) {
  const char *dir = draft->dir;
  struct contents contents;
  int answer = look_into(fd, dir, "bundle.create", &contents, err);
  if (answer == DAVIT_OK)
    answer = check_ours(dir, &contents, err);
  if (answer == DAVIT_OK && rootfs && contents.has_rootfs && !contents.rootfs_is_link)
    return error_add(err, DAVIT_E_INVALID, "bundle.create",
                     "leave out --rootfs to use it, or move it away",
                     "%s/rootfs is not a link and stays as it is", dir);
  if (answer == DAVIT_OK)
    answer = prepare_file(fd, dir, &draft->config, config, size, err);
  if (answer == DAVIT_OK && rootfs)
    answer = prepare_link(fd, dir, &draft->link, rootfs, err);
  if (answer == DAVIT_OK)
    answer = prepare_file(fd, dir, &draft->marker, "", 0, err);
  return answer;
}

int bundle_prepare(const char *dir, const char *rootfs, const char *config, size_t size,
                   struct bundle_draft *draft, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  *draft = (struct bundle_draft){.dir = dir,
                                 .marker = {.name = marker_name},
                                 .link = {.name = rootfs_name},
                                 .config = {.name = config_name}};
  int answer = open_or_make(dir, &fd, &draft->made, err);
  if (answer == DAVIT_OK)
    answer = fill(fd, rootfs, config, size, draft, err);
  if (answer < 0)
    bundle_abandon(draft);
  return answer;
}

int bundle_commit(struct bundle_draft *draft, struct davit_error *err) {
  /* The marker first: from then on an attempt that was cut off can be made again. */
  struct bundle_file *const files[] = {&draft->marker, &draft->link, &draft->config};
  CLEANUP(fd) int fd = open(draft->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int answer = DAVIT_OK;
  if (fd < 0)
    answer = report(draft->dir, NULL, "opening it", "bundle.create", err);
  for (size_t i = 0; answer == DAVIT_OK && i < ARRAY_LEN(files); i++)
    if (files[i]->temporary[0])
      answer = commit(fd, draft->dir, files[i], err);
  if (answer == DAVIT_OK && fsync(fd) < 0)
    answer = report(draft->dir, NULL, "writing it", "bundle.create", err);
  if (answer < 0)
    bundle_abandon(draft);
  return answer;
}

void bundle_abandon(struct bundle_draft *draft) {
  CLEANUP(fd) int fd = open(draft->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    drop(fd, &draft->marker);
    drop(fd, &draft->link);
    drop(fd, &draft->config);
  }
  if (!draft->made)
    return;
  if (fd >= 0) {
    unlinkat(fd, rootfs_name, 0);
    unlinkat(fd, marker_name, 0);
  }
  rmdir(draft->dir);
}

int bundle_write(const char *dir, const char *rootfs, const char *config, size_t size,
                 struct davit_error *err) {
  struct bundle_draft draft;
  int answer = bundle_prepare(dir, rootfs, config, size, &draft, err);
  return answer == DAVIT_OK ? bundle_commit(&draft, err) : answer;
}

static int remove_entry(int fd, const char *dir, const char *name, struct davit_error *err) {
  if (unlinkat(fd, name, 0) < 0 && errno != ENOENT)
    return report(dir, name, "deleting it", "bundle.remove", err);
  return DAVIT_OK;
}

int bundle_remove(const char *dir, struct davit_error *err) {
  CLEANUP(fd) int fd = -1;
  struct contents contents;
  int answer = open_bundle(dir, &fd, "bundle.remove", err);
  if (answer == DAVIT_OK && fd < 0)
    return error_add(err, DAVIT_E_NOT_FOUND, "bundle.remove", NULL, "%s is not there", dir);
  if (answer == DAVIT_OK)
    answer = look_into(fd, dir, "bundle.remove", &contents, err);
  if (answer < 0)
    return answer;
  if (!contents.has_marker)
    return error_add(err, DAVIT_E_INVALID, "bundle.foreign", "delete it by hand if it is yours",
                     "%s is not a bundle of davit's", dir);

  answer = remove_entry(fd, dir, config_name, err);
  if (answer == DAVIT_OK && contents.rootfs_is_link)
    answer = remove_entry(fd, dir, rootfs_name, err);
  if (answer == DAVIT_OK)
    answer = remove_entry(fd, dir, marker_name, err); /* last: until then it can be tried again */
  if (answer == DAVIT_OK && rmdir(dir) < 0 && errno != ENOTEMPTY && errno != EEXIST)
    return report(dir, NULL, "deleting it", "bundle.remove", err);
  return answer;
}
