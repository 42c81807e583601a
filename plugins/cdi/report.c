/* SPDX-License-Identifier: Apache-2.0 */
#include "cdi/report.h"

#include <string.h>

/* "FILE:LINE:COLUMN: KEY: ", as far as known; NULL: out of memory. */
static const char *place_of(const struct davit_host *host, const struct where *at) {
  const char *place = "";
  if (at->file && at->line > 0)
    place = host->format(host, "%s:%u:%u: ", at->file, at->line, at->column);
  else if (at->file)
    place = host->format(host, "%s: ", at->file);
  if (place && at->key)
    place = host->format(host, "%s%s: ", place, at->key);
  return place;
}

int report_fail(const struct davit_host *host, const struct davit_error *problems) {
  int answer = DAVIT_OK;
  for (const struct problem *problem = problems->first; problem; problem = problem->next) {
    const struct davit_place place = {DAVIT_SIZED(struct davit_place), .line = problem->at.line,
                                      .column = problem->at.column, .file = problem->at.file,
                                      .key = problem->at.key};
    answer = host->fail_at(host, problem->answer, problem->code, &place, problem->hint, "%s",
                           problem->text);
  }
  return answer;
}

void report_warn(const struct davit_host *host, const struct davit_error *problems) {
  for (const struct problem *problem = problems->first; problem; problem = problem->next) {
    const char *place = place_of(host, &problem->at);
    host->log(host, DAVIT_LOG_WARNING, NULL, "%s%s%s%s", place ? place : "", problem->text,
              problem->hint ? "; " : "", problem->hint ? problem->hint : "");
  }
}
