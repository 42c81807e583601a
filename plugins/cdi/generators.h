/* SPDX-License-Identifier: Apache-2.0 */
/* The vendors' own tools that write CDI files. */
#ifndef DAVIT_CDI_GENERATORS_H
#define DAVIT_CDI_GENERATORS_H

/* The command that writes a spec of the kind, without where to; NULL: none is known. */
const char *generator_command(const char *kind);

#endif
