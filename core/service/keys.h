/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of keys: what each mapping of the service file may hold. docs/service-file.md
 * describes every key that is in one of them. */
#ifndef DAVIT_SERVICE_KEYS_H
#define DAVIT_SERVICE_KEYS_H

#include "service/fields.h"

/* Into struct service. */
extern const struct field service_keys[];
extern const struct field service_image_keys[];
extern const struct field service_command_keys[];
extern const struct field service_resources_keys[];
extern const struct field service_scale_fixed_keys[];
/* Each into its own struct. */
extern const struct field service_file_keys[];
extern const struct field service_gpu_keys[];
extern const struct field service_distributed_keys[];
extern const struct field service_device_keys[];
extern const struct field service_bind_keys[];
extern const struct field service_tmpfs_keys[];
extern const struct field service_ulimit_keys[];
/* Checked only. */
extern const struct field service_scale_adaptive_keys[];
extern const struct field service_scale_targets_keys[];
extern const struct field service_endpoint_keys[];
extern const struct field service_stream_keys[];
extern const struct field service_stream_health_keys[];
extern const struct field service_udp_probe_keys[];
extern const struct field service_tunnel_keys[];
extern const struct field service_access_keys[];

/* Readers that a table of another file names; `into` is a struct service. */
void read_image(struct reader *reader, const struct doc_node *value, void *into);
void read_command(struct reader *reader, const struct doc_node *value, void *into);
void read_env(struct reader *reader, const struct doc_node *value, void *into);
void read_user(struct reader *reader, const struct doc_node *value, void *into);
void read_ulimits(struct reader *reader, const struct doc_node *value, void *into);
void read_resources(struct reader *reader, const struct doc_node *value, void *into);
void read_gpu(struct reader *reader, const struct doc_node *value, void *into);
void read_devices(struct reader *reader, const struct doc_node *value, void *into);
void read_storage(struct reader *reader, const struct doc_node *value, void *into);
void read_scale(struct reader *reader, const struct doc_node *value, void *into);
void read_endpoints(struct reader *reader, const struct doc_node *value, void *into);

#endif
