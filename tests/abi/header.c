/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled, as C and as C++, with warnings about padding as errors: a struct with tail padding
 * could grow without its size telling. clang lays a struct out only where it is used, hence the
 * sizes. */
#include "davit/davit.h"
#include "davit/plugin.h"

#include "davit/davit.h" /* twice does no harm */
#include "davit/plugin.h"

extern const size_t sizes[];
const size_t sizes[] = {
    sizeof(struct davit_stat),        sizeof(struct davit_files),     sizeof(struct davit_place),
    sizeof(struct davit_host),        sizeof(struct davit_device),    sizeof(struct davit_devices),
    sizeof(struct davit_query),       sizeof(struct davit_container), sizeof(struct davit_request),
    sizeof(struct davit_device_node), sizeof(struct davit_mount),     sizeof(struct davit_hook),
    sizeof(struct davit_file),        sizeof(struct davit_edits),     sizeof(struct davit_finding),
    sizeof(struct davit_findings),    sizeof(struct davit_option),    sizeof(struct davit_plugin),
    sizeof(struct davit_problem),     sizeof(struct davit_source),    sizeof(struct davit_change),
    sizeof(struct davit_entry),
};
