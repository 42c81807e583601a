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
extern const struct field service_named_keys[];
extern const struct field service_anonymous_keys[];
extern const struct field service_s3_keys[];
extern const struct field service_ulimit_keys[];
extern const struct field service_group_keys[];
extern const struct field service_bridge_keys[];
extern const struct field service_peer_keys[];
/* Checked only. */
extern const struct field service_scale_adaptive_keys[];
extern const struct field service_scale_targets_keys[];
extern const struct field service_endpoint_keys[];
extern const struct field service_stream_keys[];
extern const struct field service_stream_health_keys[];
extern const struct field service_udp_probe_keys[];
extern const struct field service_tunnel_keys[];
extern const struct field service_access_keys[];

/* Notes what is wrong with a text that begins like a reference. True: it is one, or none and
 * *reference is left as it was. */
bool field_reference(struct reader *reader, const struct doc_node *value,
                     const struct service_reference **reference);

/* Readers that a table of another file names; `into` is a struct service. */
void read_image(struct reader *reader, const struct doc_node *value, void *into);
void read_command(struct reader *reader, const struct doc_node *value, void *into);
void read_env_keys(struct reader *reader, const struct doc_node *value, void *into);
void read_user(struct reader *reader, const struct doc_node *value, void *into);
void read_extra_groups(struct reader *reader, const struct doc_node *value, void *into);
void read_capabilities(struct reader *reader, const struct doc_node *value, void *into);
void read_cap_add(struct reader *reader, const struct doc_node *value, void *into);
void read_cap_drop(struct reader *reader, const struct doc_node *value, void *into);
void read_security_opt(struct reader *reader, const struct doc_node *value, void *into);
void read_apparmor(struct reader *reader, const struct doc_node *value, void *into);
void read_read_only(struct reader *reader, const struct doc_node *value, void *into);
void read_tty(struct reader *reader, const struct doc_node *value, void *into);
void read_stdin_open(struct reader *reader, const struct doc_node *value, void *into);
void read_init_container(struct reader *reader, const struct doc_node *value, void *into);
void read_stop_signal(struct reader *reader, const struct doc_node *value, void *into);
void read_stop_grace_period(struct reader *reader, const struct doc_node *value, void *into);
void read_labels(struct reader *reader, const struct doc_node *value, void *into);
void read_oom_score_adj(struct reader *reader, const struct doc_node *value, void *into);
void read_ulimits(struct reader *reader, const struct doc_node *value, void *into);
void read_resources(struct reader *reader, const struct doc_node *value, void *into);
void read_pids_limit(struct reader *reader, const struct doc_node *value, void *into);
void read_cpuset(struct reader *reader, const struct doc_node *value, void *into);
void read_cpu_shares(struct reader *reader, const struct doc_node *value, void *into);
void read_memory_swap(struct reader *reader, const struct doc_node *value, void *into);
void read_memory_reservation(struct reader *reader, const struct doc_node *value, void *into);
void read_memory_swappiness(struct reader *reader, const struct doc_node *value, void *into);
void read_oom_kill_disable(struct reader *reader, const struct doc_node *value, void *into);
void read_blkio_weight(struct reader *reader, const struct doc_node *value, void *into);
/* How memory, swap and reservation go together, once all of `resources` was read. */
void check_memory_limits(struct reader *reader, const struct doc_node *resources,
                         const struct service *service);
void read_gpu(struct reader *reader, const struct doc_node *value, void *into);
void read_devices(struct reader *reader, const struct doc_node *value, void *into);
void read_storage(struct reader *reader, const struct doc_node *value, void *into);
void read_scale(struct reader *reader, const struct doc_node *value, void *into);
void read_host_network(struct reader *reader, const struct doc_node *value, void *into);
void read_network_mode(struct reader *reader, const struct doc_node *value, void *into);
void read_pid_mode(struct reader *reader, const struct doc_node *value, void *into);
void read_ipc_mode(struct reader *reader, const struct doc_node *value, void *into);
void read_userns_mode(struct reader *reader, const struct doc_node *value, void *into);
void read_dns(struct reader *reader, const struct doc_node *value, void *into);
void read_extra_hosts(struct reader *reader, const struct doc_node *value, void *into);
void read_sysctls(struct reader *reader, const struct doc_node *value, void *into);
void read_endpoints(struct reader *reader, const struct doc_node *value, void *into);
void read_schedule(struct reader *reader, const struct doc_node *value, void *into);
void read_affinity(struct reader *reader, const struct doc_node *value, void *into);
void read_service_type(struct reader *reader, const struct doc_node *value, void *into);

/* Keys of an orchestrator that have no reader. */
extern const struct form form_network, form_overlay, form_port_mappings, form_reachability;
extern const struct form form_node_mode, form_node_selector, form_platform, form_isolation;
extern const struct form form_health, form_init, form_depends, form_errors, form_lifecycle;
extern const struct form form_restart_policy, form_logs, form_wasm;
extern const struct form form_externals, form_tunnels, form_api;

/* The role of a service without groups. */
extern const char default_role[];

/* After all keys of the service are read: its groups; what keys demand of each other, and, at the
 * end, services. */
void read_groups(struct reader *reader, const struct doc_node *mapping, struct service *service);
void check_service(struct reader *reader, const struct doc_node *mapping,
                   const struct service *service);
void check_wasm(struct reader *reader, const struct doc_node *mapping,
                const struct service *service);
void check_services(struct reader *reader, const struct doc_node *services,
                    const struct service *const *all, size_t count);

#endif
