/* SPDX-License-Identifier: Apache-2.0 */
/* What --json prints, through cJSON. */
#ifndef DAVIT_CLI_JSON_H
#define DAVIT_CLI_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "util/error.h"

/* Texts may hold bytes that are not UTF-8; the JSON does not. */
void json_add_text(cJSON *object, const char *key, const char *text); /* NULL: nothing is added */
void json_add_list(cJSON *object, const char *key,
                   const char *const *texts); /* NULL: an empty one */
void json_add_number(cJSON *object, const char *key, uint64_t number);
void json_add_integer(cJSON *object, const char *key, int64_t number);
/* Each problem as --log-format json prints it, without a level. */
void json_add_problems(cJSON *object, const char *key, const struct davit_error *problems);
void json_fill_problem(cJSON *object, const struct problem *problem);
/* Prints the value on stdout and deletes it. */
int json_to_stdout(cJSON *value, struct davit_error *err) MUST_CHECK;

#endif
