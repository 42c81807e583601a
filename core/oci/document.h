/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: what an OCI document is made of. The text is a cJSON tree in which every number
 * is raw, that is, its digits. Beside it stands one record for each entry of the tree (provenance,
 * and the index by which the entry is found). */
#ifndef DAVIT_OCI_DOCUMENT_H
#define DAVIT_OCI_DOCUMENT_H

#include "doc/doc.h"
#include "oci/json_tree.h"
#include "oci/oci.h"
#include "util/list.h"
#include "util/map.h"

/* Where entries stand. Those of a list or a map with a name of their own each have a place; all
 * else is PLACE_PLAIN, named by its dotted path. */
enum place {
  PLACE_PLAIN,
  PLACE_ENV,         /* named by the variable */
  PLACE_GID,         /* by its digits */
  PLACE_RLIMIT,      /* by type */
  PLACE_MOUNT,       /* by destination, as a clean path */
  PLACE_HOOK,        /* by its hook and text, hook_name() */
  PLACE_ANNOTATION,  /* by key */
  PLACE_NAMESPACE,   /* by type */
  PLACE_UID_MAPPING, /* by its first id in the container */
  PLACE_GID_MAPPING, /* so too */
  PLACE_DEVICE,      /* by path */
  PLACE_NET_DEVICE,  /* by its name on the host */
  PLACE_SYSCTL,      /* by its name */
  PLACE_UNIFIED,     /* by the cgroup file's name */
  PLACE_RULE,        /* by position: equal rules may stand at several */
  PLACE_COUNT
};

struct record {
  enum place place;
  const char *name;
  cJSON *item;          /* in the tree; of several with one name, the last: that one counts */
  struct list sources;  /* const struct oci_source *, the first who asked first */
  struct list replaced; /* const struct oci_replaced *, the oldest first */
  struct list dropped;  /* the same: what gave way and never was in the tree */
  bool gone;            /* taken out of the tree; sources say by whom */
};

struct oci {
  struct arena arena;
  cJSON *root;
  const struct oci_source *config; /* where the entries of a document that was read come from;
                                      NULL: made from nothing */
  const struct oci_source *recent; /* the last source copied: edits come in runs of one source */
  struct map records[PLACE_COUNT]; /* name -> struct record */
  struct list order;               /* every record, in the order in which they were made */
  struct map rules;                /* text of a rule -> the last record with it */
  size_t rule_count;
  bool has_device_twins; /* it was read with several nodes of one path */
  size_t barrier;        /* how many rules there are up to the last that takes devices away */
};

/* ---- provenance.c --------------------------------------------------------------------------- */

/* A copy that lives as long as the document; NULL: out of memory. */
const struct oci_source *source_copy(struct oci *oci, const struct oci_source *source);
/* NULL: the tree has no entry of that name. */
struct record *record_find(const struct oci *oci, enum place place, const char *name);
/* The record of that name, a new one if there is none. */
int record_make(struct oci *oci, enum place place, const char *name, struct record **record,
                struct davit_error *err) MUST_CHECK;
/* One of its sources says so: who asks for what a secret says too does not uncover it. Only
 * variables are ever secret. */
bool record_is_secret(const struct record *record);
/* value_text() of the entry, "NAME=(secret)" of a secret one. */
const char *record_text(struct arena *arena, const struct record *record);
/* One more source asks for the entry as it is (or as it is about to be made). */
int record_ask(struct oci *oci, struct record *record, const struct oci_source *source,
               struct davit_error *err) MUST_CHECK;
/* The entry's item is about to give way to another of that source. */
int record_replace(struct oci *oci, struct record *record, const struct oci_source *source,
                   struct davit_error *err) MUST_CHECK;
/* The same for an item about to be taken out. */
int record_remove(struct oci *oci, struct record *record, const struct oci_source *source,
                  struct davit_error *err) MUST_CHECK;

/* ---- edit.c --------------------------------------------------------------------------------- */

/* Sets the member `key` of the object at the dotted path `parent`. Takes `value`, also on failure;
 * NULL is memory that is out. */
int document_set(struct oci *oci, const char *parent, const char *key, cJSON *value,
                 const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* Takes the member out, if it is there. */
int document_remove(struct oci *oci, const char *parent, const char *key,
                    const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* Takes an entry out of its list, which goes too if it is empty then. */
int document_take(struct oci *oci, const char *parent, const char *key, struct record *record,
                  const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* The list at `parent`.`key`, made if it is not there. NULL: out of memory. */
cJSON *document_list(struct oci *oci, const char *parent, const char *key);
/* Puts an entry into a list: in place of the one with that name, else before `before` (NULL: at
 * the end). An equal one is left as it is and gains the source. Takes `item`. NULL as list, name
 * or item is memory that is out, so that constructors can be the arguments. */
int document_put(struct oci *oci, cJSON *list, cJSON *before, enum place place, const char *name,
                 cJSON *item, const struct oci_source *source, struct davit_error *err) MUST_CHECK;
/* The same for an entry of the object at a dotted path; a sorted object stays sorted. */
int document_put_member(struct oci *oci, const char *path, enum place place, const char *key,
                        cJSON *item, const struct oci_source *source,
                        struct davit_error *err) MUST_CHECK;
/* ociVersion becomes at least this one. */
int document_need_version(struct oci *oci, const char *version, const struct oci_source *source,
                          struct davit_error *err) MUST_CHECK;

/* ---- walk.c --------------------------------------------------------------------------------- */

struct visit {
  enum place place;
  const char *name; /* of the record */
  const char *list; /* dotted path of the list or object that holds it */
  size_t position;  /* in it */
  cJSON *item;
};

typedef int visit_function(void *user, const struct visit *visit, struct davit_error *err);

/* Calls for every entry of the tree, in its order. Names live in `arena`. */
int document_walk(const struct oci *oci, struct arena *arena, visit_function *visit, void *user,
                  struct davit_error *err) MUST_CHECK;

/* ---- values.c ------------------------------------------------------------------------------- */

/* The short text form of an entry. NULL: out of memory. */
const char *value_text(struct arena *arena, enum place place, const cJSON *item);

/* ---- names.c -------------------------------------------------------------------------------- */

/* The names of records, from what stands in the tree; NULL when memory is out. They may be the
 * argument itself. */
const char *plain_name(struct arena *arena, const char *parent, const char *key);
const char *env_name(struct arena *arena, const char *entry); /* of "NAME=value" */
const char *mount_name(struct arena *arena, const char *destination);
const char *hook_name(struct arena *arena, const char *list, const cJSON *hook);
const char *id_name(struct arena *arena, uint32_t id); /* of a gid or of a mapping */
const char *rule_name(struct arena *arena, size_t position);

/* ---- rules.c -------------------------------------------------------------------------------- */

/* Takes note of a rule at the end of the list, for the index. */
int rules_index(struct oci *oci, struct record *record, struct davit_error *err) MUST_CHECK;

/* ---- validate.c ----------------------------------------------------------------------------- */

/* What davit looks into or edits is of the specification's types. `source` is what was read. */
int validate_config(const cJSON *root, const struct doc_source *source,
                    struct davit_error *err) MUST_CHECK;

#endif
