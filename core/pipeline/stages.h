/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of the pipeline, one file each, and where their entries come from. A stage reads the
 * service, the rootfs and the host, and edits the document. */
#ifndef DAVIT_PIPELINE_STAGES_H
#define DAVIT_PIPELINE_STAGES_H

#include "pipeline/pipeline.h"

int stage_image(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_process(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_default_env(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_user(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_capabilities(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_security(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_annotations(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_init(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_env(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_root(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_namespaces(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_rootless(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_mounts(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_network_files(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_sysctls(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_host_mounts(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_storage(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_sockets(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_image_data(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_devices(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_resources(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_cgroup(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_isolation(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_distributed(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_gpu(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_command_env(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_rootless_groups(struct context *context, struct davit_error *err) MUST_CHECK;
int stage_order(struct context *context, struct davit_error *err) MUST_CHECK;

extern const struct oci_source from_default;
/* The option or variable of that name, which is not copied. */
struct oci_source from_command(const char *option);
struct oci_source from_image(const struct where *at);
struct oci_source from_service(const struct context *context, const struct service_at *at);
/* What is so only because the container is rootless. */
struct oci_source from_rootless(const struct context *context);
/* The same place for a message. */
struct where at_service(const struct context *context, const struct service_at *at);
/* What the paths of the options are seen in. */
const struct host *caller_of(const struct context *context);
/* "storage.target": a mount of the container's skeleton is there. */
int check_mount_target(const char *target, const struct where *at,
                       struct davit_error *err) MUST_CHECK;

/* Makes a file in the bundle; *path is where it will lie. "bundle.needed" at `at` if no bundle is
 * written. The content is not copied. */
int context_add_file(struct context *context, const struct where *at, const struct made_file *file,
                     const char **path, struct davit_error *err) MUST_CHECK;

/* Sets a variable that nobody has set. */
int set_default_env(struct context *context, const char *name, const char *value,
                    struct davit_error *err) MUST_CHECK;

#endif
