/* SPDX-License-Identifier: Apache-2.0 */
#include "api/context.h"

#include <string.h>

#include "bundle/bundle.h"

struct davit_error *context_begin(struct davit *davit) {
  error_clear(&davit->err);
  return &davit->err;
}

struct run run_begin(struct davit *davit) {
  struct run run = {.session = davit->session, .err = context_begin(davit)};
  run.session.arena = (struct arena){0};
  return run;
}

void cleanup_run(struct run *run) {
  oci_free(run->oci);
  arena_free(&run->session.arena);
}

int run_service(struct run *run, const char *name, const char *text, size_t size) {
  struct session *session = &run->session;
  const struct service_file *file;
  const struct service *service;
  int answer = parse_services(session, name, text, size, &file, run->err);
  if (answer == DAVIT_OK)
    answer = service_find(file, session->service, &service, run->err);
  if (answer == DAVIT_OK && run->bundle) {
    answer = choose_rootfs(session, service, run->bundle, &run->rootfs, run->err);
    if (answer == DAVIT_OK)
      answer = bundle_files_directory(&session->arena, run->bundle,
                                      &session->render.files_directory, run->err);
  } else if (answer == DAVIT_OK) {
    answer = find_rootfs(session, service, &run->rootfs, run->err);
  }
  if (answer == DAVIT_OK)
    answer = render_service(session, file, service, &run->rootfs, &run->oci, &run->files, run->err);
  return answer;
}

/* ---- problems and messages ------------------------------------------------------------------ */

static struct davit_problem problem_of(const struct problem *problem) {
  return (struct davit_problem){DAVIT_SIZED(struct davit_problem),
                                .answer = problem->answer,
                                .code = problem->code,
                                .file = problem->at.file,
                                .line = problem->at.line,
                                .column = problem->at.column,
                                .key = problem->at.key,
                                .text = problem->text,
                                .hint = problem->hint};
}

size_t davit_count_problems(const struct davit *davit) {
  return davit->err.count;
}

int davit_get_problem(const struct davit *davit, size_t index, struct davit_problem *problem) {
  const struct problem *found = davit->err.first;
  for (; found && index > 0; index--)
    found = found->next;
  if (!found)
    return DAVIT_E_NOT_FOUND;
  uint32_t size = problem->struct_size;
  struct davit_problem full = problem_of(found);
  full.struct_size = size;
  memcpy(problem, &full, size < sizeof(full) ? size : sizeof(full));
  return DAVIT_OK;
}

static void emit(void *user, enum log_level level, const struct problem *message) {
  const struct davit *davit = user;
  struct davit_problem problem = problem_of(message);
  davit->message(davit->user, (int)level, &problem);
}

int davit_set_messages(struct davit *davit, int least, davit_message_fn *message, void *user) {
  struct davit_error *err = context_begin(davit);
  if (message && (least < DAVIT_LOG_DEBUG || least > DAVIT_LOG_WARNING))
    return usage_error(err, "DAVIT_LOG_DEBUG, DAVIT_LOG_INFO or DAVIT_LOG_WARNING",
                       "%d is no level of messages", least);
  davit->message = message;
  davit->user = user;
  davit->session.log = (struct log){
      .threshold = message ? (enum log_level)least : LOG_LEVEL_NONE, .emit = emit, .user = davit};
  return DAVIT_OK;
}
