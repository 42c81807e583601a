/* SPDX-License-Identifier: Apache-2.0 */
/* Where the volumes of a service are: directories that somebody prepared, named one by one or laid
 * out below one directory. */
#ifndef DAVIT_PIPELINE_VOLUMES_H
#define DAVIT_PIPELINE_VOLUMES_H

#include "pipeline/pipeline.h"

/* "volume.unknown": no service of the file has a volume of that key. */
int volumes_check(struct context *context, struct davit_error *err) MUST_CHECK;

/* The directory of a named, anonymous or s3 storage, without links: "volume.directory" if none is
 * given or none is there. */
int volume_directory(struct context *context, const struct service_storage *storage,
                     const char **directory, struct davit_error *err) MUST_CHECK;

/* A text as one file name, no two texts alike: letters, digits, "-", "_" and "." are kept; every
 * other byte, and a "." at the beginning, is "%" and two hexadecimal digits. NULL: out of memory.
 */
const char *volume_escape(struct arena *arena, const char *text);

#endif
