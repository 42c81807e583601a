/* SPDX-License-Identifier: Apache-2.0 */
/* Whose namespaces a container has: `network_mode`, `host_network`, `pid_mode`, `ipc_mode`,
 * `userns_mode`. */
#include <string.h>

#include "service/keys.h"
#include "util/text.h"

static bool is_container_id(const char *id) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  return id[0] && id[strspn(id, allowed)] == '\0';
}

static void take_container(struct reader *reader, const struct doc_node *value, const char *id,
                           struct service_namespace *namespace) {
  if (!is_container_id(id)) {
    field_invalid(reader, value, "container: and letters, digits, \"_\", \".\" and \"-\"",
                  "%s is not the id of a container", field_quote(reader, id));
    return;
  }
  namespace->mode = SERVICE_NAMESPACE_CONTAINER;
  namespace->container = id;
  namespace->at = field_at(reader, value);
}

/* `words` (list): own namespace, each in another way. */
static void read_mode(struct reader *reader, const struct doc_node *value, const char *const *words,
                      struct service_namespace *namespace) {
  static const char prefix[] = "container:";
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  if (text_starts(text, prefix)) {
    take_container(reader, value, text + strlen(prefix), namespace);
    return;
  }
  bool is_host = strcmp(text, "host") == 0;
  if (!is_host && !strings_contain(words, text)) {
    field_invalid(reader, value,
                  field_printf(reader, "allowed: host, %s, container:ID",
                               strings_join(reader->arena, words, 10)),
                  "%s is not one of the values allowed", field_quote(reader, text));
    return;
  }
  namespace->mode = is_host ? SERVICE_NAMESPACE_HOST : SERVICE_NAMESPACE_OWN;
  namespace->at = field_at(reader, value);
}

void read_pid_mode(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const own[] = {"private", NULL};
  struct service *service = into;
  read_mode(reader, value, own, &service->pid);
}

void read_ipc_mode(struct reader *reader, const struct doc_node *value, void *into) {
  static const char *const own[] = {"private", "shareable", NULL};
  struct service *service = into;
  read_mode(reader, value, own, &service->ipc);
}

/* User namespaces come with rootless containers only. */
void read_userns_mode(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  const char *text;
  if (!field_text(reader, value, &text))
    return;
  service->userns_host_at = field_at(reader, value);
  if (strcmp(text, "host") != 0)
    field_unsupported(reader, value, "write host, or leave the key out",
                      "the user namespace %s is known, not supported yet",
                      field_quote(reader, text));
}

/* ---- network -------------------------------------------------------------------------------- */

/* How a network mode may be written. */
enum network_word {
  NETWORK_DEFAULT,
  NETWORK_HOST,
  NETWORK_NONE,
  NETWORK_BRIDGE,
  NETWORK_CONTAINER
};

static const char *const network_words[] = {
    [NETWORK_DEFAULT] = "default", [NETWORK_HOST] = "host",           [NETWORK_NONE] = "none",
    [NETWORK_BRIDGE] = "bridge",   [NETWORK_CONTAINER] = "container", NULL};

static const char network_hint[] =
    "allowed: default, host, none, bridge, bridge:NAME, container:ID";

struct network_form {
  enum network_word word;
  const char *argument; /* the bridge's name or the container's id; NULL: none */
  const struct doc_node *node;
};

static void read_argument(struct reader *reader, const struct doc_node *value, void *into) {
  struct network_form *form = into;
  form->node = value;
  (void)field_text(reader, value, &form->argument);
}

const struct field service_bridge_keys[] = {
    {.key = "name", .read = read_argument, .flags = FIELD_OPTIONAL},
    {.key = NULL},
};

const struct field service_peer_keys[] = {
    {.key = "id", .read = read_argument, .example = "ID"},
    {.key = NULL},
};

/* The word that the text starts with; what follows is its end or a colon. */
static bool find_network_word(const char *text, struct network_form *form) {
  size_t length = strcspn(text, ":");
  for (size_t i = 0; network_words[i]; i++)
    if (strlen(network_words[i]) == length && strncmp(network_words[i], text, length) == 0) {
      form->word = (enum network_word)i;
      form->argument = text[length] ? text + length + 1 : NULL;
      return !form->argument || i == NETWORK_BRIDGE || i == NETWORK_CONTAINER;
    }
  return false;
}

static bool read_network_text(struct reader *reader, const struct doc_node *value,
                              struct network_form *form) {
  const char *text;
  if (!field_text(reader, value, &text))
    return false;
  if (find_network_word(text, form))
    return true;
  field_invalid(reader, value, network_hint, "%s is not a network mode", field_quote(reader, text));
  return false;
}

/* The mode as a word, and what belongs to it as a mapping of its own. */
static bool read_network_pair(struct reader *reader, const struct doc_node *value, const char *word,
                              const struct doc_node *mapping, struct network_form *form) {
  if (!find_network_word(word, form) || form->argument ||
      (form->word != NETWORK_BRIDGE && form->word != NETWORK_CONTAINER)) {
    field_invalid(reader, value, "write `{bridge: {name: NAME}}` or `{container: {id: ID}}`",
                  "this is not a network mode");
    return false;
  }
  size_t before = reader->err->count;
  keys_read(reader, mapping, form->word == NETWORK_BRIDGE ? service_bridge_keys : service_peer_keys,
            form);
  return reader->err->count == before;
}

/* "container:ID", `{container: {id: ID}}` or `!container {id: ID}`; a tag of YAML's own means
 * nothing. */
static bool read_network_form(struct reader *reader, const struct doc_node *value,
                              struct network_form *form) {
  form->node = value;
  if (value->tag && value->tag[0] == '!' && value->tag[1])
    return read_network_pair(reader, value, value->tag + 1, value, form);
  if (value->kind != DOC_MAPPING)
    return read_network_text(reader, value, form);
  return read_network_pair(reader, value, value->count == 1 ? value->keys[0]->text : "",
                           value->count == 1 ? value->values[0] : value, form);
}

/* Both keys say who has the network, in either order. */
static void check_host_network(struct reader *reader, const struct doc_node *value,
                               enum network_word word) {
  const struct doc_node *key = doc_get(value->parent, "host_network");
  if (!key || key->kind != DOC_SCALAR || key->type != DOC_BOOL || word == NETWORK_DEFAULT)
    return;
  bool wants_host = key->text[0] == 't' || key->text[0] == 'T';
  if (wants_host != (word == NETWORK_HOST))
    field_invalid(reader, value, "keep one of the two keys",
                  "network_mode is %s, but host_network is %s", network_words[word],
                  wants_host ? "true" : "false");
}

void read_network_mode(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  struct network_form form = {0};
  if (!read_network_form(reader, value, &form))
    return;
  check_host_network(reader, value, form.word);
  if (form.word == NETWORK_CONTAINER) {
    take_container(reader, form.node, form.argument ? form.argument : "", &service->network);
    return;
  }
  service->network.at = field_at(reader, value);
  if (form.word == NETWORK_NONE)
    service->network.mode = SERVICE_NAMESPACE_EMPTY;
  if (form.word != NETWORK_HOST)
    return;
  service->network.mode = SERVICE_NAMESPACE_HOST;
  service->host_network = true;
  service->host_network_at = service->network.at;
}

void read_host_network(struct reader *reader, const struct doc_node *value, void *into) {
  struct service *service = into;
  bool host;
  if (!field_bool(reader, value, &host) || !host)
    return;
  service->host_network = true;
  service->host_network_at = field_at(reader, value);
}
