/* SPDX-License-Identifier: Apache-2.0 */
/* A client of an MPS daemon in a container: it needs the daemon's pipes, the same /dev/shm, and a
 * uid that the daemon serves. Whether the daemon runs is seen in /proc; CUDA is not asked. */
#include <string.h>

#include "common/read.h"
#include "nvidia/mps_daemon.h"
#include "nvidia/mps_limits.h"
#include "nvidia/nvidia.h"

#define CODE "gpu.sharing-unavailable"

static const char NO_SHM[] = "none";

static const char *const ON_OFF[] = {"on", "off", NULL};
const struct davit_option MPS_PIPE_DIR_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-pipe-dir",
    .preset = "/tmp/nvidia-mps",
    .help = "pipe directory of the MPS daemon (sharing: mps)",
};
const struct davit_option MPS_LOG_DIR_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-log-dir",
    .help =
        "log directory of the MPS daemon; else /tmp/nvidia-log or /var/log/nvidia-mps, if there",
};
const struct davit_option MPS_SHM_DIR_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-shm-dir",
    .preset = "/dev/shm",
    .help = "what the MPS daemon has at /dev/shm: the container gets it there too; none: it keeps "
            "its own",
};
const struct davit_option MPS_CHECK_OPTION = {
    DAVIT_SIZED(struct davit_option),
    .key = "mps-check",
    .values = ON_OFF,
    .preset = "on",
    .help = "see that the MPS daemon runs and serves the container's user; off for a daemon that "
            "has processes of its own, in a container",
};

/* ---- directories ---------------------------------------------------------------------------- */

/* A directory of the daemon, writable. The options are those of the vendor's own tool, so that its
 * mount of the same directory and this one are one. */
static int add_directory(const struct davit_edits *edits, const char *path, const char *at) {
  static const char *const options[] = {"nosuid", "nodev", "rbind", "rprivate", "noexec", NULL};
  const struct davit_mount mount = {DAVIT_SIZED(struct davit_mount), .host_path = path,
                                    .container_path = at, .options = options};
  return edits->add_mount(edits, &mount);
}

static int add_named(const struct davit_edits *edits, const char *path, const char *variable) {
  int rc = add_directory(edits, path, path);
  return rc < 0 ? rc : edits->set(edits, DAVIT_SET_ENV, variable, path, 0);
}

static int is_directory(const struct davit_host *h, const char *path, bool *answer) {
  uint32_t type;
  int rc = path_type(h, path, &type);
  if (rc >= 0)
    *answer = type == DAVIT_FILE_DIR;
  return rc;
}

static int check_directory(const struct davit_host *h, const char *option, const char *path,
                           const char *what, const char *remedy) {
  bool is_there;
  if (!path || !path_is_plain(path))
    return share_refuse_path(h, option, path ? path : "");
  int rc = remedy ? is_directory(h, path, &is_there) : DAVIT_E_MEMORY;
  if (rc < 0 || is_there)
    return rc;
  return h->fail(h, DAVIT_E_NOT_FOUND, CODE, option, remedy, "the MPS %s directory %s is not there",
                 what, path);
}

/* Clients do without the log directory: what nobody asked for may be missing. */
static int share_log_dir(const struct davit_host *h, const struct davit_edits *edits) {
  static const char *const usual[] = {"/tmp/nvidia-log", "/var/log/nvidia-mps"};
  const char *path = option_text(h, "mps-log-dir");
  int rc;
  if (path) {
    rc = check_directory(h, "mps-log-dir", path, "log",
                         "name the directory that the daemon writes to, or leave the key out");
    return rc < 0 ? rc : add_named(edits, path, "CUDA_MPS_LOG_DIRECTORY");
  }
  for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
    bool is_there;
    if ((rc = is_directory(h, usual[i], &is_there)) < 0)
      return rc;
    if (is_there)
      return add_named(edits, usual[i], "CUDA_MPS_LOG_DIRECTORY");
  }
  return DAVIT_OK;
}

/* Daemon and client exchange data in /dev/shm: with one of its own a client fails, or crashes. A
 * container with the host's IPC namespace has the host's already. */
static int share_shm(const struct davit_host *h, const struct davit_request *req,
                     const struct davit_edits *edits) {
  static const char shm[] = "/dev/shm";
  const char *path = option_text(h, "mps-shm-dir");
  bool is_hosts = req->container->flags & DAVIT_CT_HOST_IPC;
  if (path && (strcmp(path, NO_SHM) == 0 || (is_hosts && strcmp(path, shm) == 0)))
    return DAVIT_OK;
  int rc = check_directory(h, "mps-shm-dir", path, "shared memory",
                           "name the directory that the daemon has at /dev/shm");
  return rc < 0 ? rc : add_directory(edits, path, shm);
}

/* ---- the daemon ----------------------------------------------------------------------------- */

struct daemon {
  struct mps_daemon found;
  uint64_t uid;
  bool serves_all; /* one server for clients of several uids */
};

static int refuse_dead(const struct davit_host *h, const char *pipe_dir, const char *why) {
  const char *remedy =
      why ? h->format(h,
                      "start it with CUDA_MPS_PIPE_DIRECTORY=%s nvidia-cuda-mps-control -d; "
                      "nvidia:mps-check=off if it runs in a container",
                      pipe_dir)
          : NULL;
  if (!remedy)
    return DAVIT_E_MEMORY;
  return h->fail(h, DAVIT_E_NOT_FOUND, CODE, "mps-pipe-dir", remedy, "no MPS daemon runs: %s", why);
}

static int find_daemon(const struct davit_host *h, const char *pipe_dir, struct mps_daemon *found) {
  int rc = mps_daemon_find(h, pipe_dir, found);
  if (rc < 0 || found->is_alive)
    return rc;
  if (!found->pid)
    return refuse_dead(h, pipe_dir, h->format(h, "there is no pid in %s/" MPS_PID_FILE, pipe_dir));
  return refuse_dead(h, pipe_dir,
                     h->format(h, "process %s of %s/" MPS_PID_FILE " %s%s", found->pid, pipe_dir,
                               found->comm ? "is " : "is not there",
                               found->comm ? found->comm : ""));
}

static int read_daemon(const struct davit_host *h, struct daemon *daemon) {
  static const char multiuser[] = "-multiuser-server";
  const char *status, *uids = NULL, *words;
  size_t size;
  const char *cmdline = h->format(h, "%s/cmdline", daemon->found.proc);
  const char *path = cmdline ? h->format(h, "%s/status", daemon->found.proc) : NULL;
  int rc = path ? read_text(h, path, &status) : DAVIT_E_MEMORY;
  if (rc >= 0 && status)
    rc = text_field(h, status, "Uid", ':', &uids);
  if (rc < 0)
    return rc;
  const char *uid = uids ? h->format(h, "%.*s", (int)strcspn(uids, " \t"), uids) : "";
  if (!uid)
    return DAVIT_E_MEMORY;
  if (!number_parse(uid, 10, UINT32_MAX, &daemon->uid))
    return h->fail(h, DAVIT_E_FAILED, CODE, "mps-check", "nvidia:mps-check=off does without",
                   "%s/status does not tell the user of the MPS daemon", daemon->found.proc);
  rc = h->files->read_file(h->files, cmdline, &words, &size);
  daemon->serves_all = rc >= 0 && memmem(words, size, multiuser, strlen(multiuser));
  return rc == DAVIT_E_MEMORY ? rc : DAVIT_OK;
}

/* A daemon of root's makes a server for the uid of its clients, one at a time; any other serves
 * its own uid alone. It counts uids as the host does. */
static int check_user(const struct davit_host *h, const struct davit_request *req,
                      const struct daemon *daemon) {
  uint32_t uid = req->container->host_uid;
  unsigned long long daemon_uid = daemon->uid;
  if (uid == UINT32_MAX)
    return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "run the container as a user that is mapped",
                   "user %u of the container has no id on the host, which the MPS daemon asks for",
                   req->container->uid);
  if (daemon->serves_all || uid == daemon->uid)
    return DAVIT_OK;
  if (daemon->uid != 0)
    return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL,
                   "run both as one user, or start the daemon as root with -multiuser-server",
                   "the MPS daemon runs as user %llu and serves no other, but the container's "
                   "process is user %u of the host",
                   daemon_uid, uid);
  h->log(h, DAVIT_LOG_WARNING, "mps-pipe-dir",
         "the container's process is user %u of the host: the MPS daemon lets it wait while "
         "clients of other users run; it serves all at once if started with -multiuser-server",
         uid);
  return DAVIT_OK;
}

static int check_daemon(const struct davit_host *h, const struct davit_request *req,
                        const char *pipe_dir) {
  struct daemon daemon = {0};
  if (option_is(h, "mps-check", "off"))
    return DAVIT_OK;
  int rc = find_daemon(h, pipe_dir, &daemon.found);
  if (rc >= 0)
    rc = read_daemon(h, &daemon);
  return rc < 0 ? rc : check_user(h, req, &daemon);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int check_devices(const struct davit_host *h, const struct davit_request *req) {
  for (size_t i = 0; i < device_count(req); i++) {
    if (is_mig_instance(req->devices[i]))
      return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "share MIG instances by time-slice",
                     "device %s is a MIG instance, which MPS of the whole GPU does not serve",
                     req->devices[i]->id);
    if (is_wsl(req->devices[i]))
      return h->fail(h, DAVIT_E_UNSUPPORTED, CODE, NULL, "share it by time-slice",
                     "MPS does not run in WSL");
  }
  return DAVIT_OK;
}

int mps_share(const struct davit_host *h, const struct davit_request *req,
              const struct davit_edits *edits) {
  const char *pipe_dir = option_text(h, "mps-pipe-dir");
  const char *remedy = h->format(
      h, "start the daemon with CUDA_MPS_PIPE_DIRECTORY=%s nvidia-cuda-mps-control -d", pipe_dir);
  int rc = check_devices(h, req);
  if (rc < 0 || (rc = check_directory(h, "mps-pipe-dir", pipe_dir, "pipe", remedy)) < 0 ||
      (rc = check_daemon(h, req, pipe_dir)) < 0 ||
      (rc = add_named(edits, pipe_dir, "CUDA_MPS_PIPE_DIRECTORY")) < 0 ||
      (rc = share_log_dir(h, edits)) < 0 || (rc = share_shm(h, req, edits)) < 0)
    return rc;
  return mps_limits_set(h, device_count(req), edits);
}
