/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <string.h>

static size_t column_width(const char *const *cells, size_t columns, size_t rows, size_t column) {
  size_t width = 0;
  for (size_t row = 0; row < rows; row++) {
    const char *cell = cells[row * columns + column];
    if (cell && strlen(cell) > width)
      width = strlen(cell);
  }
  return width;
}

void print_table(FILE *out, const char *const *cells, size_t columns, size_t rows) {
  for (size_t row = 0; row < rows; row++) {
    size_t padding = 0; /* printed before the next cell, so that no line ends in blanks */
    for (size_t column = 0; column < columns; column++) {
      const char *cell = cells[row * columns + column];
      if (cell && cell[0]) {
        fprintf(out, "%*s", (int)padding, "");
        print_safely(out, cell);
        padding = 0;
      }
      padding += column_width(cells, columns, rows, column) - (cell ? strlen(cell) : 0) + 2;
    }
    fputc('\n', out);
  }
}
