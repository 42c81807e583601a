/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin's table, for a program that links the library: it can open the plugin as it opens one
 * of a file, so that options and directories mean the same. */
#ifndef DAVIT_CDI_CDI_H
#define DAVIT_CDI_CDI_H

#include "davit/plugin.h"

extern const struct davit_plugin cdi_plugin;

#endif
