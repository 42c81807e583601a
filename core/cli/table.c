/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <string.h>

bool table_add_row(struct arena *arena, struct table *table, const char *const *cells) {
  for (size_t column = 0; column < table->columns; column++)
    if (!list_push(arena, &table->cells, cells[column]))
      return false;
  return true;
}

static const char *cell_at(const struct table *table, size_t row, size_t column) {
  const char *cell = table->cells.items[row * table->columns + column];
  return cell ? cell : "";
}

static size_t column_width(const struct table *table, size_t column) {
  size_t width = 0;
  for (size_t row = 0; row * table->columns < table->cells.count; row++) {
    size_t length = strlen(cell_at(table, row, column));
    width = length > width ? length : width;
  }
  return width;
}

bool table_print(struct arena *arena, const struct table *table, FILE *out) {
  size_t *widths = arena_array(arena, table->columns, sizeof(*widths));
  for (size_t column = 0; widths && column < table->columns; column++)
    widths[column] = column_width(table, column);
  for (size_t row = 0; widths && row * table->columns < table->cells.count; row++) {
    size_t padding = 0; /* printed before the next cell, so that no line ends in blanks */
    for (size_t column = 0; column < table->columns; column++) {
      const char *cell = cell_at(table, row, column);
      if (cell[0]) {
        fprintf(out, "%*s", (int)padding, "");
        print_safely(out, cell);
        padding = 0;
      }
      padding += widths[column] - strlen(cell) + 2;
    }
    fputc('\n', out);
  }
  return widths;
}
