/* SPDX-License-Identifier: Apache-2.0 */
/* The CDI files of this run, as the cdi plugin sees them: its directories, options and rules. */
#ifndef DAVIT_CLI_CDI_SPECS_H
#define DAVIT_CLI_CDI_SPECS_H

#include "cdi/index.h"
#include "cli/cli.h"
#include "plugin/instance.h"

/* Zeroed: not there yet; freed with cleanup_cdi_specs(). */
struct cdi_specs {
  struct machine machine;
  struct instance *instance;
};

int cdi_specs_open(struct cli *cli, struct cdi_specs *specs, struct davit_error *err) MUST_CHECK;
/* Reads every file of the directories that the options name, or instead of them a file or directory
 * of the caller's ("-": stdin). What the directories hold and can not be read is remembered in the
 * index and no failure. *index is closed by the caller, before the specs. */
int cdi_specs_read(struct cli *cli, struct cdi_specs *specs, const char *operand,
                   struct index *index, struct davit_error *err) MUST_CHECK;
/* "default", "--cdi-dir" or "CDI_SPEC_DIRS". */
const char *cdi_directory_origin(const struct spec_directory *directory);
/* "ok", "missing", "denied", "broken" or "repeated". */
const char *cdi_directory_state(const struct spec_directory *directory);
/* How many files it has: not those that are directories. */
size_t cdi_directory_size(const struct index *index, const struct spec_directory *directory);
/* False: it is a directory with the name of a file. */
bool cdi_file_is_one(const struct spec_file *file);
/* Adds why a directory could not be listed, or a file not be opened, if that is so. A
 * directory that no option of the command line names may be missing. The answer is the problem's.
 */
int cdi_directory_problem(const struct spec_directory *directory, struct davit_error *err);
int cdi_file_problem(const struct spec_file *file, struct davit_error *err);
void cleanup_cdi_specs(struct cdi_specs *specs);

static inline void cleanup_index(struct index *index) {
  index_close(index);
}

#endif
