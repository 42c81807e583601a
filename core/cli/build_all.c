/* SPDX-License-Identifier: Apache-2.0 */
/* davit build --all: the bundles of every service and replica of a file. All are rendered, then all
 * are written under temporary names, and only then the first is put in its place. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/bundle.h"
#include "cli/claims.h"
#include "util/cleanup.h"

enum {
  BUNDLES_MOST = 10000 /* of one run: each is in memory until all are rendered */
};

/* One container. */
struct job {
  const struct service *service; /* of the file */
  const char *role;              /* NULL: it has no groups */
  uint32_t replica;
  const char *id, *dir;
  char *config;       /* owned */
  struct list files;  /* struct made_file * */
  struct list claims; /* struct device_claim * */
  struct bundle_content content;
  struct bundle_draft *draft; /* NULL: not written, or in its place */
};

struct batch {
  struct list jobs; /* struct job * */
  struct holdings holdings;
  bool made; /* the directory of all was not there before */
};

static void cleanup_batch(struct batch *batch) {
  for (size_t i = 0; i < batch->jobs.count; i++)
    free(((struct job *)batch->jobs.items[i])->config);
}

static int refuse_options(const struct cli *cli, struct davit_error *err) {
  const struct render_options *render = &cli->session.render;
  const struct {
    const char *name;
    bool is_given;
  } options[] = {{"--replica", cli->session.has_replica},
                 {"--gpu-device", cli->session.gpu_devices.count > 0},
                 {"--rank", render->rank != NULL},
                 {"--local-rank", render->local_rank != NULL},
                 {"--hostname", render->hostname != NULL},
                 {"an operand behind \"--\"", cli->session.args != NULL}};
  for (size_t i = 0; i < ARRAY_LEN(options); i++)
    if (options[i].is_given)
      return usage_error(err, "build that one without --all",
                         "%s is for one container, and --all makes several", options[i].name);
  return DAVIT_OK;
}

static int add_job(struct cli *cli, struct batch *batch, const struct service *service,
                   const struct service *group, uint32_t replica, struct davit_error *err) {
  struct job *job = arena_alloc(&cli->session.arena, sizeof(*job));
  const char *id =
      service_container_id(&cli->session.arena, group, replica, cli->session.render.node);
  const char *dir = id ? arena_printf(&cli->session.arena, "%s/%s", cli->output, id) : NULL;
  if (!job || !dir)
    return error_memory(err);
  *job = (struct job){
      .service = service, .role = group->role, .replica = replica, .id = id, .dir = dir};
  return list_push(&cli->session.arena, &batch->jobs, job) ? DAVIT_OK : error_memory(err);
}

static int add_replicas(struct cli *cli, struct batch *batch, const struct service *service,
                        const struct service *group, struct davit_error *err) {
  int answer = DAVIT_OK;
  if (group->replicas > BUNDLES_MOST - batch->jobs.count)
    return error_add(err, DAVIT_E_INVALID, "bundle.create", "choose a service with -s",
                     "there are more than %d containers", BUNDLES_MOST);
  for (uint32_t replica = 1; answer == DAVIT_OK && replica <= group->replicas; replica++)
    answer = add_job(cli, batch, service, group, replica, err);
  return answer;
}

static int add_service(struct cli *cli, const struct service_file *file, struct batch *batch,
                       const struct service *service, struct davit_error *err) {
  struct service_choice choice;
  const char *role = cli->session.render.role;
  int answer = DAVIT_OK;
  if (role || service->group_count == 0) {
    answer = service_choose(file, service, role, 1, &choice, err);
    return answer < 0 ? answer : add_replicas(cli, batch, service, choice.service, err);
  }
  for (size_t i = 0; answer == DAVIT_OK && i < service->group_count; i++)
    answer = add_replicas(cli, batch, service, service->groups[i], err);
  return answer;
}

static int collect(struct cli *cli, const struct service_file *file, struct batch *batch,
                   struct davit_error *err) {
  const struct service *only = NULL;
  int answer =
      cli->session.service ? service_find(file, cli->session.service, &only, err) : DAVIT_OK;
  for (size_t i = 0; answer == DAVIT_OK && i < file->service_count; i++)
    if (!only || only == file->services[i])
      answer = add_service(cli, file, batch, file->services[i], err);
  return answer;
}

/* The absolute path without links of the directory of all, which need not be there yet: of a bundle
 * in it alone it could not be told before it is made. */
static int find_output(struct cli *cli, struct davit_error *err) {
  const char *own;
  int answer = bundle_files_directory(&cli->session.arena, cli->output, &own, err);
  if (answer < 0)
    return answer;
  char *output = arena_strndup(&cli->session.arena, own, (size_t)(strrchr(own, '/') - own));
  if (!output)
    return error_memory(err);
  cli->output = output;
  return DAVIT_OK;
}

static int render_job(struct cli *cli, const struct machine *machine,
                      const struct service_file *file, struct batch *batch, struct job *job,
                      struct davit_error *err) {
  CLEANUP(oci) struct oci *oci = NULL;
  struct rootfs rootfs = {0};
  size_t size = 0;
  cli->session.render.role = job->role;
  cli->session.render.replica = job->replica;
  cli->session.claims = &job->claims;
  cli->session.render.files_directory = arena_printf(&cli->session.arena, "%s/.davit", job->dir);
  if (!cli->session.render.files_directory)
    return error_memory(err);
  int answer = choose_rootfs(&cli->session, job->service, job->dir, &rootfs, err);
  if (answer == DAVIT_OK)
    answer = render_on(&cli->session, machine, file, job->service, &rootfs, &oci, &job->files, err);
  if (answer == DAVIT_OK)
    answer = holdings_add(&cli->session.arena, &batch->holdings, job->id, &job->claims, err);
  if (answer == DAVIT_OK)
    answer = oci_print(oci, &job->config, &size, err);
  job->content =
      (struct bundle_content){.rootfs = rootfs.path,
                              .config = job->config,
                              .config_size = size,
                              .files = (const struct made_file *const *)list_strings(&job->files)};
  return answer;
}

static int make_directory(struct cli *cli, struct batch *batch, struct davit_error *err) {
  struct stat st;
  if (mkdir(cli->output, 0700) == 0) {
    batch->made = true;
    return DAVIT_OK;
  }
  int number = errno;
  if (number == EEXIST && stat(cli->output, &st) == 0 && S_ISDIR(st.st_mode))
    return DAVIT_OK;
  return error_add(err, DAVIT_E_FAILED, "bundle.create", NULL, "%s: making it: %s", cli->output,
                   strerror(number));
}

static int write_all(struct cli *cli, struct batch *batch, struct davit_error *err) {
  int answer = make_directory(cli, batch, err);
  for (size_t i = 0; answer == DAVIT_OK && i < batch->jobs.count; i++) {
    struct job *job = batch->jobs.items[i];
    answer = bundle_prepare(job->dir, &job->content, &job->draft, err);
  }
  for (size_t i = 0; answer == DAVIT_OK && i < batch->jobs.count; i++) {
    struct job *job = batch->jobs.items[i];
    answer = bundle_commit(job->draft, err);
    job->draft = NULL;
  }
  for (size_t i = 0; answer < 0 && i < batch->jobs.count; i++) {
    const struct job *job = batch->jobs.items[i];
    if (job->draft)
      bundle_abandon(job->draft);
  }
  if (answer < 0 && batch->made)
    rmdir(cli->output); /* it is not empty if something is left in it, and stays then */
  return answer;
}

int build_all(struct cli *cli, struct davit_error *err) {
  CLEANUP(machine) struct machine machine = {0};
  CLEANUP(batch) struct batch batch = {0};
  const struct service_file *file;
  int answer = refuse_options(cli, err);
  if (answer == DAVIT_OK)
    answer = load_services(&cli->session, cli->operands.items[0], &file, err);
  if (answer == DAVIT_OK)
    answer = find_output(cli, err);
  if (answer == DAVIT_OK)
    answer = collect(cli, file, &batch, err);
  if (answer == DAVIT_OK)
    answer = machine_open(&cli->session, &machine, err);
  for (size_t i = 0; answer == DAVIT_OK && i < batch.jobs.count; i++)
    answer = render_job(cli, &machine, file, &batch, batch.jobs.items[i], err);
  if (answer == DAVIT_OK)
    answer = write_all(cli, &batch, err);
  if (answer == DAVIT_OK)
    log_info(&cli->session.log, "wrote %zu bundles below %s", batch.jobs.count, cli->output);
  return answer;
}
