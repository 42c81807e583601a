/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of durations. */
#include <string.h>

#include "service/service.h"

#define SECOND UINT64_C(1000000000)
#define DAY    (86400 * SECOND)

/* A month is 30.44 days and a year 365.25, as the original has it. */
static const struct {
  const char *names[6];
  uint64_t nanoseconds;
} units[] = {
    {{"ns", "nsec"}, 1},
    {{"us", "usec"}, 1000},
    {{"ms", "msec"}, 1000000},
    {{"s", "sec", "second", "seconds"}, SECOND},
    {{"m", "min", "mins", "minute", "minutes"}, 60 * SECOND},
    {{"h", "hr", "hrs", "hour", "hours"}, 3600 * SECOND},
    {{"d", "day", "days"}, DAY},
    {{"w", "wk", "wks", "week", "weeks"}, 7 * DAY},
    {{"M", "month", "months"}, 3044 * (DAY / 100)},
    {{"y", "yr", "yrs", "year", "years"}, 36525 * (DAY / 100)},
};

/* 0: no unit. */
static uint64_t find_unit(const char *text, size_t length) {
  for (size_t i = 0; i < ARRAY_LEN(units); i++)
    for (size_t k = 0; k < ARRAY_LEN(units[i].names) && units[i].names[k]; k++)
      if (strlen(units[i].names[k]) == length && memcmp(units[i].names[k], text, length) == 0)
        return units[i].nanoseconds;
  return 0;
}

bool service_duration(const char *text, uint64_t *nanoseconds) {
  static const char blanks[] = " ";
  uint64_t sum = 0;
  size_t parts = 0;
  text += strspn(text, blanks);
  for (; *text; parts++) {
    size_t digits = strspn(text, "0123456789");
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++)
      if (__builtin_mul_overflow(number, 10, &number) ||
          __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
        return false;
    text += digits;
    text += strspn(text, blanks);
    size_t length = strcspn(text, " 0123456789");
    uint64_t unit = find_unit(text, length);
    if (digits == 0 || unit == 0 || __builtin_mul_overflow(number, unit, &number) ||
        __builtin_add_overflow(sum, number, &sum))
      return false;
    text += length;
    text += strspn(text, blanks);
  }
  if (parts == 0)
    return false;
  *nanoseconds = sum;
  return true;
}
