/* SPDX-License-Identifier: Apache-2.0 */
/* What a user who is not root can and cannot have. */
#include <string.h>

#include "doctor/examination.h"

static const struct fault isolation = {"rootless.isolation", DAVIT_SEV_NOTE,
                                       "rootless containers have no device rules: which nodes are "
                                       "mounted is all that keeps a GPU from "
                                       "them, so what may open a node outside can pass it in"};
static const struct fault no_subids = {
    "rootless.no-subids", DAVIT_SEV_WARNING,
    "a container has one user only: images that change to another one fail"};
static const struct fault no_newuidmap = {
    "rootless.newuidmap", DAVIT_SEV_ERROR,
    "runtimes cannot map the user's subordinate ids: \"newuidmap: executable file not found\""};
static const struct fault no_user_namespaces = {
    "rootless.user-namespaces", DAVIT_SEV_ERROR,
    "rootless containers do not start: \"clone: operation not permitted\" or \"no space left\""};
static const struct fault no_delegation = {
    "rootless.delegation", DAVIT_SEV_WARNING,
    "rootless containers with limits for these do not start, or run without limits"};

/* ---- subordinate ids ------------------------------------------------------------------------ */

static int report_no_subids(struct examination *exam) {
  const struct host_caller *caller = &exam->caller;
  const char *user = caller->name ? caller->name : "USER";
  const char *remedy = arena_printf(
      exam->arena,
      "`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s`, with ranges that "
      "/etc/subuid gives to nobody else",
      user);
  if (!remedy)
    return error_memory(exam->err);
  return report(exam, &no_subids, NULL, remedy, "user %s (%u) has no subordinate ids", user,
                caller->uid);
}

static int examine_subids(struct examination *exam) {
  CLEANUP(error) struct davit_error why = {0};
  const struct doctor_settings *settings = exam->settings;
  struct host_id_ranges uids = {0}, gids = {0};
  int answer = host_find_subids(settings->host, exam->arena, settings->log, HOST_SUBUIDS,
                                &exam->caller, &uids, &why);
  if (answer == DAVIT_OK)
    answer = host_find_subids(settings->host, exam->arena, settings->log, HOST_SUBGIDS,
                              &exam->caller, &gids, &why);
  if (answer == DAVIT_E_MEMORY)
    return error_memory(exam->err);
  if (answer < 0 || uids.count == 0 || gids.count == 0)
    return report_no_subids(exam);
  if (type_at(exam, "/usr/bin/newuidmap") == DAVIT_FILE_REGULAR)
    return DAVIT_OK;
  return report(exam, &no_newuidmap, "/usr/bin/newuidmap", "`apt install uidmap`",
                "the program that maps subordinate ids is not installed");
}

/* ---- user namespaces ------------------------------------------------------------------------ */

static bool has_apparmor_profile(const struct examination *exam) {
  return type_at(exam, "/etc/apparmor.d/crun") == DAVIT_FILE_REGULAR ||
         type_at(exam, "/etc/apparmor.d/runc") == DAVIT_FILE_REGULAR;
}

static int examine_user_namespaces(struct examination *exam) {
  static const struct {
    const char *parameter, *file, *forbids, *permits;
    bool spares_profiles; /* programs with an AppArmor profile of their own may */
  } limits[] = {
      {"user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", "0", "28633", false},
      {"kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", "0", "1",
       false},
      {"kernel.apparmor_restrict_unprivileged_userns",
       "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "0", true},
  };
  for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
    const char *text;
    int answer = read_if_there(exam, limits[i].file, &text);
    if (answer < 0)
      return answer;
    if (!text || strcspn(text, "\n") != 1 || text[0] != limits[i].forbids[0] ||
        (limits[i].spares_profiles && has_apparmor_profile(exam)))
      continue;
    const char *remedy =
        arena_printf(exam->arena, "`sysctl -w %s=%s`, and the same line in /etc/sysctl.d",
                     limits[i].parameter, limits[i].permits);
    if (!remedy)
      return error_memory(exam->err);
    answer = report(exam, &no_user_namespaces, limits[i].file, remedy,
                    "%s is %s: users may not make user namespaces", limits[i].parameter,
                    limits[i].forbids);
    if (answer < 0)
      return answer;
  }
  return DAVIT_OK;
}

/* ---- cgroups -------------------------------------------------------------------------------- */

static int examine_delegation(struct examination *exam) {
  static const char *const wanted[] = {"cpu", "memory", "pids", NULL};
  const char *path = arena_printf(
      exam->arena, "/sys/fs/cgroup/user.slice/user-%u.slice/user@%u.service/cgroup.controllers",
      exam->caller.uid, exam->caller.uid);
  const char *delegated;
  if (!path)
    return error_memory(exam->err);
  if (type_at(exam, "/sys/fs/cgroup/cgroup.controllers") != DAVIT_FILE_REGULAR)
    return report(exam, &no_delegation, NULL,
                  "boot with version 2 of cgroups: systemd.unified_cgroup_hierarchy=1 on the "
                  "kernel's command line, then `update-grub` and `reboot`",
                  "version 1 of cgroups cannot be given to users");
  int answer = read_if_there(exam, path, &delegated);
  if (answer < 0 || !delegated)
    return answer; /* no session of systemd's: who delegates cannot be told */
  const char *missing = missing_words(exam->arena, wanted, delegated);
  if (!missing)
    return error_memory(exam->err);
  if (!missing[0])
    return DAVIT_OK;
  return report(exam, &no_delegation, path,
                "`systemctl edit user@.service`, write [Service] and Delegate=cpu cpuset io memory "
                "pids, then log in anew",
                "controllers are not delegated to the user: %s", missing);
}

int examine_rootless(struct examination *exam) {
  if (exam->caller.uid == 0)
    return DAVIT_OK;
  int answer =
      report(exam, &isolation, NULL, NULL,
             "davit runs as uid %u: containers that it describes are rootless", exam->caller.uid);
  if (answer == DAVIT_OK)
    answer = examine_subids(exam);
  if (answer == DAVIT_OK)
    answer = examine_user_namespaces(exam);
  return answer == DAVIT_OK ? examine_delegation(exam) : answer;
}
