/* SPDX-License-Identifier: Apache-2.0 */
/* `schedule`: seconds, minutes, hours, days of the month, months, days of the week and, if anybody
 * cares, years. Whether a time ever comes (31 February) is the scheduler's to see. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "service/keys.h"

enum {
  CRON_FIELDS = 7,
  CRON_NEEDED = 6 /* all but the year */
};

static const char *const months[] = {"january",  "february", "march",  "april",     "may",
                                     "june",     "july",     "august", "september", "october",
                                     "november", "december", NULL};
static const char *const days[] = {"sunday",   "monday", "tuesday",  "wednesday",
                                   "thursday", "friday", "saturday", NULL};

static const struct cron_field {
  const char *name;
  uint32_t least, most;
  const char *const *names; /* of `least` and on; NULL: none */
} cron_fields[CRON_FIELDS] = {
    {"second", 0, 59, NULL},       {"minute", 0, 59, NULL},  {"hour", 0, 23, NULL},
    {"day of month", 1, 31, NULL}, {"month", 1, 12, months}, {"day of week", 1, 7, days},
    {"year", 1970, 2100, NULL},
};

/* A number of the field, or a name of it or its first three letters or more. Moves past it. */
static bool take_point(const struct cron_field *field, const char **text, uint32_t *point) {
  const char *start = *text;
  size_t digits = strspn(start, "0123456789"), letters = 0;
  if (digits > 0) {
    *point = 0;
    for (size_t i = 0; i < digits && i < 6; i++)
      *point = *point * 10 + (uint32_t)(start[i] - '0');
    *text += digits;
    return digits <= 6 && *point >= field->least && *point <= field->most;
  }
  while (isalpha((unsigned char)start[letters]))
    letters++;
  *text += letters;
  for (uint32_t i = 0; letters >= 3 && field->names && field->names[i]; i++)
    if (letters <= strlen(field->names[i]) && strncasecmp(start, field->names[i], letters) == 0) {
      *point = field->least + i;
      return true;
    }
  return false;
}

/* "*", "3", "1-5", each with "/2" behind it. */
static bool take_part(const struct cron_field *field, const char **text) {
  uint32_t first, last;
  if (**text == '*' || **text == '?') {
    ++*text;
  } else {
    if (!take_point(field, text, &first))
      return false;
    if (**text == '-') {
      ++*text;
      if (!take_point(field, text, &last) || last < first)
        return false;
    }
  }
  if (**text != '/')
    return true;
  ++*text;
  size_t digits = strspn(*text, "0123456789"), zeros = strspn(*text, "0");
  *text += digits;
  return digits > zeros && digits <= 6;
}

/* Parts with commas between, up to a blank or the end. */
static bool take_field(const struct cron_field *field, const char **text) {
  for (;;) {
    if (!take_part(field, text))
      return false;
    if (**text != ',')
      return **text == '\0' || **text == ' ';
    ++*text;
  }
}

/* NULL, or what is wrong. */
static const char *check_cron(struct reader *reader, const char *text) {
  static const char *const shorthands[] = {"@yearly", "@monthly", "@weekly",
                                           "@daily",  "@hourly",  NULL};
  if (strings_contain(shorthands, text))
    return NULL;
  size_t count = 0;
  text += strspn(text, " ");
  while (*text && count < CRON_FIELDS) {
    if (!take_field(&cron_fields[count], &text))
      return field_printf(reader, "its %s is wrong", cron_fields[count].name);
    text += strspn(text, " ");
    count++;
  }
  if (*text || count < CRON_NEEDED)
    return "it has not 6 or 7 parts";
  return NULL;
}

void read_schedule(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  const char *wrong = check_cron(reader, text);
  if (wrong)
    field_invalid(reader, value,
                  "second, minute, hour, day of month, month, day of week and, if needed, year: "
                  "\"0 30 4 * * MON-FRI\"",
                  "%s is not a schedule: %s", field_quote(reader, text), wrong);
}
