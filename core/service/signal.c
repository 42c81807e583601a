/* SPDX-License-Identifier: Apache-2.0 */
/* The names of signals. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "service/service.h"
#include "util/text.h"

enum {
  LAST_CLASSIC = 31,
  FIRST_REALTIME = 34, /* the two before are the C library's own */
  LAST_REALTIME = 64
};

static bool named_classic(const char *name, uint32_t *number) {
  static const struct {
    const char *name;
    uint32_t number;
  } aliases[] = {{"IOT", SIGABRT}, {"CLD", SIGCHLD}, {"IO", SIGIO}, {"POLL", SIGIO}};
  for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
    if (strcasecmp(aliases[i].name, name) == 0) {
      *number = aliases[i].number;
      return true;
    }
  for (uint32_t i = 1; i <= LAST_CLASSIC; i++) {
    const char *known = sigabbrev_np((int)i);
    if (known && strcasecmp(known, name) == 0) {
      *number = i;
      return true;
    }
  }
  return false;
}

/* "RTMIN", "RTMIN+3", "RTMAX-2". */
static bool named_realtime(const char *name, uint32_t *number) {
  bool from_top = strncasecmp(name, "RTMAX", 5) == 0;
  if (!from_top && strncasecmp(name, "RTMIN", 5) != 0)
    return false;
  uint32_t distance = 0;
  if (name[5] && (name[5] != (from_top ? '-' : '+') || !text_to_u32(name + 6, 10, &distance)))
    return false;
  if (distance > LAST_REALTIME - FIRST_REALTIME)
    return false;
  *number = from_top ? LAST_REALTIME - distance : FIRST_REALTIME + distance;
  return true;
}

static void write_name(uint32_t number, char *name) {
  uint32_t up = number - FIRST_REALTIME, down = LAST_REALTIME - number;
  if (number <= LAST_CLASSIC)
    snprintf(name, SERVICE_SIGNAL_SIZE, "SIG%s", sigabbrev_np((int)number));
  else if (up == 0 || down == 0)
    snprintf(name, SERVICE_SIGNAL_SIZE, up == 0 ? "SIGRTMIN" : "SIGRTMAX");
  else if (up <= down)
    snprintf(name, SERVICE_SIGNAL_SIZE, "SIGRTMIN+%u", up);
  else
    snprintf(name, SERVICE_SIGNAL_SIZE, "SIGRTMAX-%u", down);
}

bool service_signal(const char *text, char name[static SERVICE_SIGNAL_SIZE]) {
  uint32_t number;
  if (!text_to_u32(text, 10, &number)) {
    const char *word = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
    if (!named_classic(word, &number) && !named_realtime(word, &number))
      return false;
  }
  if (number < 1 || number > LAST_REALTIME || (number > LAST_CLASSIC && number < FIRST_REALTIME))
    return false;
  write_name(number, name);
  return true;
}
