/* SPDX-License-Identifier: Apache-2.0 */
/* The table that a plugin's entry function answers: judged once, then copied. */
#ifndef DAVIT_PLUGIN_DESCRIPTOR_H
#define DAVIT_PLUGIN_DESCRIPTOR_H

#include "plugin/load.h"

/* `table` becomes the plugin's table as this davit knows it: cut or filled up with zeros, options
 * copied the same way, absent texts "". What it points to stays the plugin's. Refusals are
 * "plugin.refused". */
int descriptor_take(struct arena *arena, const struct plugin_file *file,
                    const struct davit_plugin *given, struct davit_plugin *table,
                    struct davit_error *err) MUST_CHECK;

#endif
