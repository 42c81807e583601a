/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way: who may serve it, who does. Private to search.c, share.c and provide.c.
 */
#ifndef DAVIT_PLUGIN_SEARCH_H
#define DAVIT_PLUGIN_SEARCH_H

#include "plugin/edits.h"
#include "plugin/narrow.h"
#include "plugin/registry.h"

struct search {
  struct providers *providers;
  struct arena *arena;
  const struct device_request *request;
  const struct container_facts *facts;
  const struct oci *oci;
  struct narrowing wanted;
  struct provider *own;       /* the vendor's plugin; NULL: there is none */
  struct list candidates;     /* of struct provider; highest rank first */
  struct list instances;      /* opened for this request, closed with it */
  struct davit_error pending; /* what went wrong so far and matters only if nobody serves */
  struct list absences;       /* of struct absence: what providers say of names that they lack */
  bool found_nothing;         /* that nothing is there is all that is wrong */
};

/* A provider and what it has for the request. */
struct offer {
  struct provider *provider;
  struct instance *instance;
  struct inventory inventory;
};

/* Fills own, candidates and wanted. */
int search_candidates(struct search *search, struct davit_error *err) MUST_CHECK;
/* With the request's options, if it has any and the plugin is a vendor's. */
int search_instance(struct search *search, struct provider *provider, struct instance **instance,
                    struct davit_error *err) MUST_CHECK;
/* Asks the candidates from `*next` on until one has devices; offer->provider is NULL if none has.
 * `*next` is moved behind those that were asked. */
int search_offer(struct search *search, size_t *next, struct offer *offer,
                 struct davit_error *err) MUST_CHECK;
/* What the provider does wrong is a warning, because another one may serve instead. */
bool search_may_go_on(const struct search *search, const struct provider *provider);
/* Nobody has anything: says so. */
int search_refuse(struct search *search, struct davit_error *err) MUST_CHECK;
void search_close(struct search *search);

/* What the providers say of names that they lack (absent.c). */
int absences_keep(struct search *search, const struct inventory *inventory,
                  struct davit_error *err) MUST_CHECK;
/* "; looked in DIRECTORY (STATE), ...", "" if nobody says so; NULL: out of memory. */
const char *absences_where(const struct search *search);
/* What would help, by those who looked; NULL: nothing that is known. */
const char *absences_remedy(const struct search *search);
/* A problem for each reason why one of these names (list; NULL: any) is not there. */
void absences_tell(const struct search *search, const char *const *names, struct davit_error *err);

/* CDI has specs of the kind, so that nobody else may serve it: says so beside what is missing, and
 * why that is. */
void absences_explain(const struct search *search, const struct inventory *inventory,
                      struct davit_error *err);

/* Adds what the vendor's plugin knows to devices of CDI, if the request needs it (complete.c). */
int complete_offer(struct search *search, struct offer *offer, struct davit_error *err) MUST_CHECK;

/* What a plugin is told of the container; `transaction` is where its env comes from. */
struct container_view {
  struct davit_container table; /* first: what a plugin hands back is this struct's address */
  const struct transaction *transaction;
};

void container_view_init(struct container_view *view, const struct search *search,
                         struct instance *instance, const struct transaction *transaction);

/* Lets the vendor's plugin arrange what the request says of sharing (share.c). */
int share_devices(struct search *search, const struct offer *offer,
                  const struct davit_device *const *chosen, struct transaction *transaction,
                  struct davit_error *err) MUST_CHECK;
bool request_shares(const struct device_request *request);

#endif
