/* SPDX-License-Identifier: Apache-2.0 */
#include "util/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The problem that is reported when there is no memory for any other. Shared and never written: it
 * is always the last of its error. */
static const struct problem out_of_memory = {
    .answer = DAVIT_E_MEMORY, .code = "memory.out", .text = "out of memory"};

static void append(struct davit_error *err, struct problem *problem) {
  if (err->last == &out_of_memory)
    return;
  if (err->last)
    err->last->next = problem;
  else
    err->first = problem;
  err->last = problem;
  err->count++;
}

int error_memory(struct davit_error *err) {
  append(err, (struct problem *)(uintptr_t)&out_of_memory);
  return DAVIT_E_MEMORY;
}

/* A problem is one allocation: the struct and behind it its strings. */
static char *pack(char **free_space, const char *text) {
  if (!text)
    return NULL;
  char *copy = *free_space;
  size_t size = strlen(text) + 1;
  memcpy(copy, text, size);
  *free_space += size;
  return copy;
}

static size_t packed_size(const char *text) {
  return text ? strlen(text) + 1 : 0;
}

int error_vadd(struct davit_error *err, int answer, const char *code, const struct where *at,
               const char *hint, const char *format, va_list args) {
  static const struct where nowhere = {0};
  if (!at)
    at = &nowhere;
  char *text;
  if (vasprintf(&text, format, args) < 0)
    return error_memory(err);

  size_t size = sizeof(struct problem) + packed_size(code) + packed_size(text) + packed_size(hint) +
                packed_size(at->file) + packed_size(at->key);
  struct problem *problem = err->last == &out_of_memory ? NULL : calloc(1, size);
  if (!problem) {
    free(text);
    return error_memory(err);
  }
  char *space = (char *)(problem + 1);
  problem->answer = answer;
  problem->code = pack(&space, code);
  problem->at = *at;
  problem->at.file = pack(&space, at->file);
  problem->at.key = pack(&space, at->key);
  problem->text = pack(&space, text);
  problem->hint = pack(&space, hint);
  free(text);
  append(err, problem);
  return answer;
}

int error_add_at(struct davit_error *err, int answer, const char *code, const struct where *at,
                 const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  answer = error_vadd(err, answer, code, at, hint, format, args);
  va_end(args);
  return answer;
}

int error_add(struct davit_error *err, int answer, const char *code, const char *hint,
              const char *format, ...) {
  va_list args;
  va_start(args, format);
  answer = error_vadd(err, answer, code, NULL, hint, format, args);
  va_end(args);
  return answer;
}

void error_take(struct davit_error *err, struct davit_error *from) {
  struct problem *problem = from->first;
  *from = (struct davit_error){0};
  while (problem) {
    struct problem *next = problem->next;
    if (problem != &out_of_memory)
      problem->next = NULL;
    append(err, problem);
    problem = next;
  }
}

/* Line 0, no line, wraps to the largest number. */
static bool stands_before(const struct problem *a, const struct problem *b) {
  uint32_t a_line = a->at.line - 1, b_line = b->at.line - 1;
  return a_line != b_line ? a_line < b_line : a->at.column < b->at.column;
}

/* By insertion, because the problems of a file come nearly in order. The search starts at the place
 * of the one before. */
void error_sort(struct davit_error *err) {
  struct davit_error sorted = {0};
  struct problem *problem = err->first, *latest = NULL;
  while (problem && problem != &out_of_memory) {
    struct problem *next = problem->next;
    struct problem **place =
        latest && !stands_before(problem, latest) ? &latest->next : &sorted.first;
    while (*place && !stands_before(problem, *place))
      place = &(*place)->next;
    problem->next = *place;
    *place = problem;
    if (!problem->next)
      sorted.last = problem;
    latest = problem;
    problem = next;
  }
  sorted.count = err->count - (problem ? 1 : 0);
  if (problem)
    append(&sorted, problem);
  *err = sorted;
}

void error_clear(struct davit_error *err) {
  struct problem *problem = err->first;
  while (problem) {
    struct problem *next = problem->next;
    if (problem != &out_of_memory)
      free(problem);
    problem = next;
  }
  *err = (struct davit_error){0};
}
