/* SPDX-License-Identifier: Apache-2.0 */
/* struct davit_host: what a plugin may ask of davit beside files. */
#include "plugin/instance_state.h"

#include <stdio.h>
#include <string.h>

#include "plugin/sized.h"

enum {
  MOST_REASONS = 128 /* for one op to fail: the rest would be noise */
};

static struct instance *instance_of(const struct davit_host *h) {
  return ((const struct host_table *)h)->instance;
}

/* Cuts at a whole UTF-8 character and blanks control characters. */
static void tame(char *text) {
  size_t length = strnlen(text, PLUGIN_TEXT_MAX);
  if (length == PLUGIN_TEXT_MAX)
    do
      length--;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80);
  text[length] = '\0';
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 0x7f)
      *text = ' ';
}

char *instance_message(struct instance *instance, const char *format, va_list args) {
  char *text = arena_vprintf(&instance->scratch, format, args);
  if (text)
    tame(text);
  return text;
}

char *instance_text(struct instance *instance, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = instance_message(instance, format, args);
  va_end(args);
  return text;
}

static const struct where *where_given(const struct instance *instance, const char *key) {
  const struct request_option *option = key ? option_given(instance, key) : NULL;
  return option ? &option->at : NULL;
}

static const char *const *answer_option(const struct davit_host *h, const char *key) {
  static const char *const none[] = {NULL};
  struct instance *instance = instance_of(h);
  void **values = key ? map_find(&instance->option_values, key) : NULL;
  if (values)
    return *values;
  log_debug(instance->settings.log, "plugin %s asks for an option that it does not declare: %.64s",
            instance->plugin->name, key ? key : "NULL");
  return none;
}

static int answer_kernel_module(const struct davit_host *h, const char *name, uint32_t *state) {
  struct instance *instance = instance_of(h);
  struct davit_error *why = instance_callback_error(instance);
  if (!name || !state)
    return error_add(why, DAVIT_E_INVALID, "plugin.broken-promise", NULL,
                     "kernel_module() was called without a %s", name ? "state" : "name");
  return host_kernel_module(instance->settings.host, name, state, why);
}

static void *answer_scratch(const struct davit_host *h, size_t size) {
  struct instance *instance = instance_of(h);
  void *memory = arena_alloc(&instance->scratch, size);
  if (!memory)
    (void)error_memory(instance_callback_error(instance));
  return memory;
}

static char *answer_format(const struct davit_host *h, const char *format, ...) PRINTF_LIKE(2, 3);

static char *answer_format(const struct davit_host *h, const char *format, ...) {
  struct instance *instance = instance_of(h);
  va_list args;
  va_start(args, format);
  char *text = arena_vprintf(&instance->scratch, format, args);
  va_end(args);
  if (!text)
    (void)error_memory(instance_callback_error(instance));
  return text;
}

static void answer_log(const struct davit_host *h, uint32_t level, const char *option,
                       const char *format, ...) PRINTF_LIKE(4, 5);

static void answer_log(const struct davit_host *h, uint32_t level, const char *option,
                       const char *format, ...) {
  struct instance *instance = instance_of(h);
  va_list args;
  va_start(args, format);
  const char *text = instance_message(instance, format, args);
  va_end(args);
  /* A level that came after this davit is worth no less than a warning. */
  bool warning = level >= DAVIT_LOG_WARNING;
  enum log_level own = warning                    ? LOG_LEVEL_WARNING
                       : level == DAVIT_LOG_DEBUG ? LOG_LEVEL_DEBUG
                                                  : LOG_LEVEL_INFO;
  if (text)
    log_at(instance->settings.log, own, warning ? "plugin.warning" : NULL,
           where_given(instance, option), NULL, "plugin %s: %s", instance->plugin->name, text);
}

bool instance_is_code(const char *code) {
  size_t length = strnlen(code, 64);
  return length > 0 && length < 64 &&
         code[strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

/* One more reason for which the op fails. */
static int add_reason(struct instance *instance, int answer, const char *code,
                      const struct where *at, const char *remedy, const char *format, va_list args)
    PRINTF_LIKE(6, 0);

static int add_reason(struct instance *instance, int answer, const char *code,
                      const struct where *at, const char *remedy, const char *format,
                      va_list args) {
  if (answer >= 0)
    answer = DAVIT_E_FAILED;
  if (instance->reason.count == MOST_REASONS)
    return answer;
  const char *text = instance_message(instance, format, args);
  const char *hint = remedy ? instance_text(instance, "%s", remedy) : NULL;
  if (!text || (remedy && !hint))
    return error_memory(&instance->reason);
  return error_add_at(&instance->reason, answer,
                      code && instance_is_code(code) ? code : "plugin.failed", at, hint, "%s",
                      text);
}

static int answer_fail(const struct davit_host *h, int answer, const char *code, const char *option,
                       const char *remedy, const char *format, ...) PRINTF_LIKE(6, 7);

static int answer_fail(const struct davit_host *h, int answer, const char *code, const char *option,
                       const char *remedy, const char *format, ...) {
  struct instance *instance = instance_of(h);
  va_list args;
  va_start(args, format);
  answer = add_reason(instance, answer, code, where_given(instance, option), remedy, format, args);
  va_end(args);
  return answer;
}

static int answer_fail_at(const struct davit_host *h, int answer, const char *code,
                          const struct davit_place *place, const char *remedy, const char *format,
                          ...) PRINTF_LIKE(6, 7);

static int answer_fail_at(const struct davit_host *h, int answer, const char *code,
                          const struct davit_place *place, const char *remedy, const char *format,
                          ...) {
  struct instance *instance = instance_of(h);
  struct davit_place own = {0};
  if (place && !sized_take(&own, sizeof(own), place))
    own = (struct davit_place){0};
  struct where at = {.line = own.file ? own.line : 0, .column = own.file ? own.column : 0};
  at.file = own.file ? instance_text(instance, "%s", own.file) : NULL;
  at.key = own.key ? instance_text(instance, "%s", own.key) : NULL;
  va_list args;
  va_start(args, format);
  answer = add_reason(instance, answer, code, &at, remedy, format, args);
  va_end(args);
  return answer;
}

void host_table_init(struct instance *instance) {
  const struct instance_settings *settings = &instance->settings;
  instance->host = (struct host_table){
      .api =
          {
              DAVIT_SIZED(struct davit_host),
              .abi_major = DAVIT_ABI_MAJOR,
              .abi_minor = DAVIT_ABI_MINOR,
              .davit_version = DAVIT_VERSION,
              .files = instance_files(instance, settings->host),
              .caller_files =
                  instance_files(instance, settings->caller ? settings->caller : settings->host),
              .option = answer_option,
              .kernel_module = answer_kernel_module,
              .scratch = answer_scratch,
              .format = answer_format,
              .log = answer_log,
              .fail = answer_fail,
              .fail_at = answer_fail_at,
          },
      .instance = instance,
  };
}
