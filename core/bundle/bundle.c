/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle of davit's holds config.json, the link rootfs and davit's own directory .davit. That
 * tells it from a bundle made by somebody else, whose config.json is never overwritten or deleted.
 * In it are the files that the config refers to, and what is not ready yet. */
#include "bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bundle/internal.h"

static const char config_name[] = "config.json";
static const char rootfs_name[] = "rootfs";
static const char own_name[] = ".davit";

static int refuse_foreign(const char *dir, const char *why, struct davit_error *err) {
  return error_add(err, DAVIT_E_INVALID, "bundle.foreign", "name a new or an empty directory",
                   "%s is not a bundle of davit's: %s", dir, why);
}

/* What is in the directory beside davit's own files. */
struct contents {
  bool has_config, has_own, has_others;
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
    return report_call(dir, NULL, "reading it", code, err);
  }
  for (const struct dirent *entry; (errno = 0, entry = readdir(listing));) {
    struct stat st;
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      continue;
    if (strcmp(name, config_name) == 0) {
      contents->has_config = true;
    } else if (strcmp(name, own_name) == 0) {
      contents->has_own = true;
    } else if (strcmp(name, rootfs_name) == 0 && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
      contents->has_rootfs = true;
      contents->rootfs_is_link = S_ISLNK(st.st_mode);
      contents->rootfs_is_directory = S_ISDIR(st.st_mode);
    } else {
      contents->has_others = true;
    }
  }
  return errno == 0 ? DAVIT_OK : report_call(dir, NULL, "reading it", code, err);
}

static int check_ours(const char *dir, const struct contents *contents, struct davit_error *err) {
  if (contents->has_own)
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
    return report_call(dir, NULL, "opening it", code, err);
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

/* Opens the directory, which is made if it is not there; *made says so. */
static int open_or_make(const char *dir, int *fd, bool *made, struct davit_error *err) {
  int answer = open_bundle(dir, fd, "bundle.create", err);
  if (answer < 0 || *fd >= 0)
    return answer;
  if (mkdir(dir, 0700) < 0)
    return report_call(dir, NULL, "making it", "bundle.create", err);
  *made = true;
  *fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return *fd < 0 ? report_call(dir, NULL, "opening it", "bundle.create", err) : DAVIT_OK;
}

/* Opens davit's own directory in the bundle, which is made if it is not there. */
static int open_own(int dir_fd, const char *dir, struct place *own, bool *made,
                    struct davit_error *err) {
  *made = mkdirat(dir_fd, own_name, 0700) == 0;
  if (!*made && errno != EEXIST)
    return report_call(dir, own_name, "making it", "bundle.create", err);
  own->fd = openat(dir_fd, own_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return own->fd < 0 ? report_call(dir, own_name, "opening it", "bundle.create", err) : DAVIT_OK;
}

static bool is_file_of(const struct bundle_content *content, const char *name) {
  for (const struct made_file *const *file = content ? content->files : NULL; file && *file; file++)
    if (strcmp((*file)->name, name) == 0)
      return true;
  return false;
}

/* Deletes what is in davit's own directory and not in the content (NULL: all), also what an attempt
 * that was cut off left there. The names are gathered first: a directory is not to change while it
 * is read. */
static int sweep(const struct place *own, const struct bundle_content *content, const char *code,
                 struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  struct list names = {0};
  int copy = openat(own->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CLEANUP(dir) DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
  if (!listing) {
    if (copy >= 0)
      close(copy);
    return report_call(own->path, NULL, "reading it", code, err);
  }
  for (const struct dirent *entry; (errno = 0, entry = readdir(listing));) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_file_of(content, name))
      continue;
    const char *kept = arena_strdup(&arena, name);
    if (!kept || !list_push(&arena, &names, kept))
      return error_memory(err);
  }
  if (errno != 0)
    return report_call(own->path, NULL, "reading it", code, err);
  for (size_t i = 0; i < names.count; i++)
    if (unlinkat(own->fd, names.items[i], 0) < 0 && errno != ENOENT)
      return report_call(own->path, names.items[i], "deleting it", code, err);
  return DAVIT_OK;
}

/* Everything that a bundle gets, under temporary names. */
struct preparation {
  struct arena arena;
  struct prepared *files;
  size_t file_count;
  struct prepared link, config;
};

static int prepare(struct preparation *all, const struct place *dir, const struct place *own,
                   const struct bundle_content *content, struct davit_error *err) {
  const struct made_file config = {config_name, content->config, content->config_size};
  all->link = (struct prepared){.target = dir, .name = rootfs_name, .code = "bundle.create"};
  all->config = (struct prepared){.target = dir, .name = config_name, .code = "bundle.create"};
  size_t count = 0;
  while (content->files && content->files[count])
    count++;
  all->files = arena_array(&all->arena, count, sizeof(*all->files));
  if (!all->files)
    return error_memory(err);
  int answer = prepare_file(own, &all->config, &config, 0600, err);
  if (answer == DAVIT_OK && content->rootfs)
    answer = prepare_link(own, &all->link, content->rootfs, err);
  for (size_t i = 0; answer == DAVIT_OK && i < count; i++) {
    all->files[i] =
        (struct prepared){.target = own, .name = content->files[i]->name, .code = "bundle.create"};
    all->file_count = i + 1;
    answer = prepare_file(own, &all->files[i], content->files[i], 0644, err);
  }
  return answer;
}

/* config.json last: what it refers to is there. */
static int commit(struct preparation *all, const struct place *dir, const struct place *own,
                  struct davit_error *err) {
  int answer = DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < all->file_count; i++)
    answer = prepared_commit(own, &all->files[i], err);
  if (answer == DAVIT_OK && fsync(own->fd) < 0)
    answer = report_call(own->path, NULL, "writing it", "bundle.create", err);
  if (answer == DAVIT_OK && all->link.temporary[0])
    answer = prepared_commit(own, &all->link, err);
  if (answer == DAVIT_OK)
    answer = prepared_commit(own, &all->config, err);
  if (answer == DAVIT_OK && fsync(dir->fd) < 0)
    answer = report_call(dir->path, NULL, "writing it", "bundle.create", err);
  return answer;
}

static void drop(struct preparation *all, const struct place *own) {
  for (size_t i = 0; i < all->file_count; i++)
    prepared_drop(own, &all->files[i]);
  prepared_drop(own, &all->link);
  prepared_drop(own, &all->config);
  arena_free(&all->arena);
}

static int check_before(const struct place *dir, const struct bundle_content *content,
                        struct davit_error *err) {
  struct contents contents;
  int answer = look_into(dir->fd, dir->path, "bundle.create", &contents, err);
  if (answer == DAVIT_OK)
    answer = check_ours(dir->path, &contents, err);
  if (answer == DAVIT_OK && content->rootfs && contents.has_rootfs && !contents.rootfs_is_link)
    return error_add(err, DAVIT_E_INVALID, "bundle.create",
                     "leave out --rootfs to use it, or move it away",
                     "%s/rootfs is not a link and stays as it is", dir->path);
  return answer;
}

/* Takes back what a failed attempt left where it made things itself. */
static void take_back(const struct place *dir, const struct place *own, bool made_own,
                      bool made_dir) {
  CLEANUP(error) struct davit_error ignored = {0};
  if (made_own) {
    (void)!sweep(own, NULL, "bundle.create", &ignored);
    unlinkat(dir->fd, own_name, AT_REMOVEDIR);
    unlinkat(dir->fd, config_name, 0); /* there was none, or the directory had been refused */
  }
  if (made_dir && dir->fd >= 0)
    unlinkat(dir->fd, rootfs_name, 0);
  if (made_dir)
    rmdir(dir->path);
}

/* A bundle that is written but not in its place. The directories are open only while something is
 * done in them: there may be more bundles than descriptors. */
struct bundle_draft {
  struct arena arena;
  const struct bundle_content *content;
  struct place dir, own;
  bool made_dir, made_own;
  struct preparation all;
};

static void close_places(struct bundle_draft *draft) {
  struct place *const places[] = {&draft->dir, &draft->own};
  for (size_t i = 0; i < ARRAY_LEN(places); i++) {
    if (places[i]->fd >= 0)
      close(places[i]->fd);
    places[i]->fd = -1;
  }
}

static int reopen_places(struct bundle_draft *draft, struct davit_error *err) {
  static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  draft->dir.fd = open(draft->dir.path, flags);
  if (draft->dir.fd >= 0)
    draft->own.fd = openat(draft->dir.fd, own_name, flags | O_NOFOLLOW);
  return draft->own.fd < 0 ? report_call(draft->own.path, NULL, "opening it", "bundle.create", err)
                           : DAVIT_OK;
}

static void free_draft(struct bundle_draft *draft) {
  close_places(draft);
  arena_free(&draft->arena);
  free(draft);
}

void bundle_abandon(struct bundle_draft *draft) {
  CLEANUP(error) struct davit_error ignored = {0};
  if (draft->dir.fd < 0)
    (void)!reopen_places(draft, &ignored);
  drop(&draft->all, &draft->own);
  take_back(&draft->dir, &draft->own, draft->made_own, draft->made_dir);
  free_draft(draft);
}

int bundle_prepare(const char *dir_path, const struct bundle_content *content,
                   struct bundle_draft **prepared, struct davit_error *err) {
  struct bundle_draft *draft = calloc(1, sizeof(*draft));
  if (!draft)
    return error_memory(err);
  draft->content = content;
  draft->dir = (struct place){-1, arena_strdup(&draft->arena, dir_path)};
  draft->own = (struct place){-1, arena_printf(&draft->arena, "%s/%s", dir_path, own_name)};
  if (!draft->dir.path || !draft->own.path) {
    free_draft(draft);
    return error_memory(err);
  }
  int answer = open_or_make(dir_path, &draft->dir.fd, &draft->made_dir, err);
  if (answer == DAVIT_OK)
    answer = check_before(&draft->dir, content, err);
  if (answer == DAVIT_OK)
    answer = open_own(draft->dir.fd, dir_path, &draft->own, &draft->made_own, err);
  if (answer == DAVIT_OK)
    answer = prepare(&draft->all, &draft->dir, &draft->own, content, err);
  if (answer < 0) {
    bundle_abandon(draft);
    return answer;
  }
  close_places(draft);
  *prepared = draft;
  return DAVIT_OK;
}

int bundle_commit(struct bundle_draft *draft, struct davit_error *err) {
  int answer = reopen_places(draft, err);
  if (answer == DAVIT_OK)
    answer = commit(&draft->all, &draft->dir, &draft->own, err);
  if (answer < 0) {
    bundle_abandon(draft);
    return answer;
  }
  /* The bundle is complete: a file of before that cannot be deleted does no harm. */
  CLEANUP(error) struct davit_error ignored = {0};
  (void)!sweep(&draft->own, draft->content, "bundle.create", &ignored);
  drop(&draft->all, &draft->own);
  free_draft(draft);
  return DAVIT_OK;
}

int bundle_write(const char *dir, const struct bundle_content *content, struct davit_error *err) {
  struct bundle_draft *draft;
  int answer = bundle_prepare(dir, content, &draft, err);
  return answer == DAVIT_OK ? bundle_commit(draft, err) : answer;
}

int bundle_files_directory(struct arena *arena, const char *dir, const char **path,
                           struct davit_error *err) {
  CLEANUP(free) char *real = realpath(dir, NULL);
  if (real) {
    *path = arena_printf(arena, "%s/%s", real, own_name);
    return *path ? DAVIT_OK : error_memory(err);
  }
  size_t length = strlen(dir);
  while (length > 1 && dir[length - 1] == '/')
    length--;
  size_t base = length;
  while (base > 0 && dir[base - 1] != '/')
    base--;
  const char *parent = base > 0 ? arena_strndup(arena, dir, base) : ".";
  if (!parent)
    return error_memory(err);
  real = errno == ENOENT ? realpath(parent, NULL) : NULL;
  if (!real)
    return report_call(dir, NULL, "finding its place", "bundle.create", err);
  *path = arena_printf(arena, "%s/%.*s/%s", strcmp(real, "/") == 0 ? "" : real,
                       (int)(length - base), dir + base, own_name);
  return *path ? DAVIT_OK : error_memory(err);
}

static int remove_entry(int fd, const char *dir, const char *name, int flags,
                        struct davit_error *err) {
  if (unlinkat(fd, name, flags) < 0 && errno != ENOENT)
    return report_call(dir, name, "deleting it", "bundle.remove", err);
  return DAVIT_OK;
}

/* davit's own directory goes last: until then it can be tried again. */
static int remove_own(int fd, const char *dir, struct davit_error *err) {
  CLEANUP(arena) struct arena arena = {0};
  CLEANUP(place) struct place own = {-1, arena_printf(&arena, "%s/%s", dir, own_name)};
  if (!own.path)
    return error_memory(err);
  own.fd = openat(fd, own_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (own.fd < 0)
    return report_call(dir, own_name, "opening it", "bundle.remove", err);
  int answer = sweep(&own, NULL, "bundle.remove", err);
  return answer == DAVIT_OK ? remove_entry(fd, dir, own_name, AT_REMOVEDIR, err) : answer;
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
  if (!contents.has_own)
    return error_add(err, DAVIT_E_INVALID, "bundle.foreign", "delete it by hand if it is yours",
                     "%s is not a bundle of davit's", dir);

  answer = remove_entry(fd, dir, config_name, 0, err);
  if (answer == DAVIT_OK && contents.rootfs_is_link)
    answer = remove_entry(fd, dir, rootfs_name, 0, err);
  if (answer == DAVIT_OK)
    answer = remove_own(fd, dir, err);
  if (answer == DAVIT_OK && rmdir(dir) < 0 && errno != ENOTEMPTY && errno != EEXIST)
    return report_call(dir, NULL, "deleting it", "bundle.remove", err);
  return answer;
}
