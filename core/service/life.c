/* SPDX-License-Identifier: Apache-2.0 */
/* How the process is started and stopped, and what is noted about it. */
#include <inttypes.h>
#include <string.h>

#include "service/keys.h"

enum {
  OOM_SCORE_LEAST = -1000,
  OOM_SCORE_MOST = 1000
};

static void read_flag(struct reader *reader, const struct doc_node *value, bool *flag,
                      struct service_at *at) {
  if (field_bool(reader, value, flag))
    *at = field_at(reader, value);
}

void read_read_only(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  read_flag(reader, value, &life->read_only, &life->read_only_at);
}

void read_tty(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  read_flag(reader, value, &life->tty, &life->tty_at);
}

void read_init_container(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  read_flag(reader, value, &life->init, &life->init_at);
}

/* The runtime's caller holds the other end of standard input: a config cannot say anything of it.
 */
void read_stdin_open(struct reader *reader, const struct doc_node *value, UNUSED void *into) {
  bool open;
  (void)field_bool(reader, value, &open);
}

void read_stop_signal(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  char name[SERVICE_SIGNAL_SIZE];
  if (service_signal(text, name))
    life->stop_signal = (struct service_text){.text = field_printf(reader, "%s", name),
                                              .at = field_at(reader, value)};
  else
    field_invalid(reader, value, "a name or a number of signal(7): SIGTERM, 15, SIGRTMIN+3",
                  "%s is not a signal", field_quote(reader, text));
}

void read_stop_grace_period(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  const char *text;
  uint64_t nanoseconds;
  if (!field_text(reader, value, &text))
    return;
  if (!service_duration(text, &nanoseconds)) {
    field_invalid(reader, value, "a number with a unit: 30s, 5m, \"1h 30m\"",
                  "%s is not a duration", field_quote(reader, text));
    return;
  }
  /* 0 would be "wait for ever" to those who read it. */
  life->stop_grace_period = nanoseconds < 1000 ? 1 : nanoseconds / 1000;
  life->stop_grace_period_at = field_at(reader, value);
}

void read_labels(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  if (!field_is_mapping(reader, value))
    return;
  struct service_label *labels = field_array(reader, value->count, sizeof(*labels));
  for (size_t i = 0; labels && i < value->count; i++) {
    const struct doc_node *entry = value->values[i];
    const char *name = value->keys[i]->text, *text;
    if (field_is_merge_key(value->keys[i]) || !field_text(reader, entry, &text))
      continue;
    if (name[0] == '\0')
      field_invalid(reader, entry, "give it a name: com.example.team", "the label has no name");
    else
      labels[life->label_count++] =
          (struct service_label){.name = name, .value = text, .at = field_at(reader, entry)};
  }
  life->labels = labels;
}

void read_oom_score_adj(struct reader *reader, const struct doc_node *value, void *into) {
  struct service_life *life = &((struct service *)into)->life;
  int64_t number;
  if (value->kind != DOC_SCALAR || value->type != DOC_INT) {
    field_wrong_kind(reader, value, "a whole number", "write a number without quotes");
    return;
  }
  if (!doc_int(value, &number) || number < OOM_SCORE_LEAST || number > OOM_SCORE_MOST) {
    field_invalid(reader, value, "-1000 (never killed) to 1000 (killed first)",
                  "%s is out of range", doc_describe(reader->arena, value));
    return;
  }
  life->oom_score_adj = (int32_t)number;
  life->oom_score_adj_at = field_at(reader, value);
}
