/* SPDX-License-Identifier: Apache-2.0 */
/* E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, in its form that needs linear
 * space: a point in the middle of a shortest way is found from both ends, and both halves are
 * solved the same way. Where the way is long, the point that is furthest so far has to do. */
#include "util/diff.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/map.h"

enum {
  MOST_STEPS = 512, /* of a search from each end */
  CONTEXT = 3       /* lines around a change */
};

struct file {
  const char **lines;
  const uintptr_t *ids; /* equal lines have equal ids */
  bool *changed;
  size_t count;
};

/* Ends of the furthest ways, by diagonal (x - y); a diagonal may be negative. */
struct search {
  struct file old, new;
  ptrdiff_t *forward, *backward;
};

struct box { /* lines x0 to x1 of the old text, y0 to y1 of the new one */
  ptrdiff_t x0, x1, y0, y1;
};

struct point {
  ptrdiff_t x, y;
};

/* ---- lines ---------------------------------------------------------------------------------- */

static size_t count_lines(const char *text) {
  size_t count = 0;
  for (; (text = strchr(text, '\n')); text++)
    count++;
  return count;
}

static bool split_lines(struct arena *arena, const char *text, struct map *known,
                        struct file *file) {
  char *rest = arena_strdup(arena, text);
  file->count = count_lines(text);
  file->lines = arena_array(arena, file->count + 1, sizeof(*file->lines));
  file->changed = arena_array(arena, file->count + 1, sizeof(*file->changed));
  uintptr_t *ids = arena_array(arena, file->count + 1, sizeof(*ids));
  if (!rest || !file->lines || !file->changed || !ids)
    return false;
  for (size_t i = 0; i < file->count; i++) {
    char *line = strsep(&rest, "\n");
    void **id = map_find(known, line);
    if (!id && !map_put(arena, known, line, line))
      return false;
    ids[i] = id ? (uintptr_t)*id : (uintptr_t)line;
    file->lines[i] = line;
  }
  file->ids = ids;
  return true;
}

/* ---- changes -------------------------------------------------------------------------------- */

static bool is_same(const struct search *search, ptrdiff_t x, ptrdiff_t y) {
  return search->old.ids[x] == search->new.ids[y];
}

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) {
  return a < b ? a : b;
}

/* The range of diagonals that one search has reached. */
struct reach {
  ptrdiff_t least, most;
};

/* One more step to both sides, as far as the box goes; `outside` is worse than any way. */
static void widen(struct reach *reach, const struct box *box, ptrdiff_t *ends, ptrdiff_t outside) {
  if (reach->least > box->x0 - box->y1)
    ends[--reach->least - 1] = outside;
  else
    reach->least++;
  if (reach->most < box->x1 - box->y0)
    ends[++reach->most + 1] = outside;
  else
    reach->most--;
}

static bool holds(const struct reach *reach, ptrdiff_t diagonal) {
  return reach->least <= diagonal && diagonal <= reach->most;
}

/* True: the ways met at *middle. */
static bool step_forward(const struct search *search, const struct box *box,
                         const struct reach *reach, const struct reach *other, bool can_meet,
                         struct point *middle) {
  ptrdiff_t *ends = search->forward;
  for (ptrdiff_t d = reach->most; d >= reach->least; d -= 2) {
    ptrdiff_t x = ends[d - 1] < ends[d + 1] ? ends[d + 1] : ends[d - 1] + 1;
    ptrdiff_t y = x - d;
    while (x < box->x1 && y < box->y1 && is_same(search, x, y)) {
      x++;
      y++;
    }
    ends[d] = x;
    if (can_meet && holds(other, d) && search->backward[d] <= x) {
      *middle = (struct point){x, y};
      return true;
    }
  }
  return false;
}

static bool step_backward(const struct search *search, const struct box *box,
                          const struct reach *reach, const struct reach *other, bool can_meet,
                          struct point *middle) {
  ptrdiff_t *ends = search->backward;
  for (ptrdiff_t d = reach->most; d >= reach->least; d -= 2) {
    ptrdiff_t x = ends[d - 1] < ends[d + 1] ? ends[d - 1] : ends[d + 1] - 1;
    ptrdiff_t y = x - d;
    while (box->x0 < x && box->y0 < y && is_same(search, x - 1, y - 1)) {
      x--;
      y--;
    }
    ends[d] = x;
    if (can_meet && holds(other, d) && x <= search->forward[d]) {
      *middle = (struct point){x, y};
      return true;
    }
  }
  return false;
}

/* The end of the way from the start that has come furthest. */
static struct point furthest(const struct search *search, const struct box *box,
                             const struct reach *reach) {
  struct point best = {box->x0, box->y0};
  for (ptrdiff_t d = reach->most; d >= reach->least; d -= 2) {
    ptrdiff_t x = smaller(smaller(search->forward[d], box->x1), box->y1 + d);
    if (x + x - d > best.x + best.y)
      best = (struct point){x, x - d};
  }
  return best;
}

/* A point on a way from one corner of the box to the other, none of the two. */
static struct point find_middle(const struct search *search, const struct box *box) {
  ptrdiff_t first = box->x0 - box->y0, last = box->x1 - box->y1;
  struct reach ahead = {first, first}, behind = {last, last};
  bool is_odd = ((first - last) & 1) != 0;
  struct point middle;
  search->forward[first] = box->x0;
  search->backward[last] = box->x1;
  for (size_t steps = 0; steps < MOST_STEPS; steps++) {
    widen(&ahead, box, search->forward, -1);
    if (step_forward(search, box, &ahead, &behind, is_odd, &middle))
      return middle;
    widen(&behind, box, search->backward, PTRDIFF_MAX);
    if (step_backward(search, box, &behind, &ahead, !is_odd, &middle))
      return middle;
  }
  return furthest(search, box, &ahead);
}

static void mark_changes(struct search *search, struct box box) {
  for (;;) {
    while (box.x0 < box.x1 && box.y0 < box.y1 && is_same(search, box.x0, box.y0)) {
      box.x0++;
      box.y0++;
    }
    while (box.x0 < box.x1 && box.y0 < box.y1 && is_same(search, box.x1 - 1, box.y1 - 1)) {
      box.x1--;
      box.y1--;
    }
    if (box.x0 == box.x1 || box.y0 == box.y1)
      break;
    struct point middle = find_middle(search, &box);
    mark_changes(search, (struct box){box.x0, middle.x, box.y0, middle.y});
    box.x0 = middle.x;
    box.y0 = middle.y;
  }
  for (; box.x0 < box.x1; box.x0++)
    search->old.changed[box.x0] = true;
  for (; box.y0 < box.y1; box.y0++)
    search->new.changed[box.y0] = true;
}

static bool list_changes(struct arena *arena, const struct search *search, struct diff *diff) {
  const struct file *old = &search->old, *new = &search->new;
  struct diff_change *changes = arena_array(arena, old->count + new->count, sizeof(*changes));
  size_t count = 0, x = 0, y = 0;
  if (!changes)
    return false;
  while (x < old->count || y < new->count) {
    struct diff_change change = {.old_start = x, .new_start = y};
    for (; x < old->count && old->changed[x]; x++)
      change.old_count++;
    for (; y < new->count &&new->changed[y]; y++)
      change.new_count++;
    if (change.old_count + change.new_count > 0) {
      changes[count++] = change;
    } else {
      x++;
      y++;
    }
  }
  diff->changes = changes;
  diff->change_count = count;
  return true;
}

bool diff_lines(struct arena *arena, const char *old_text, const char *new_text,
                struct diff *diff) {
  struct search search = {0};
  struct map known = {0};
  if (!split_lines(arena, old_text, &known, &search.old) ||
      !split_lines(arena, new_text, &known, &search.new))
    return false;
  const struct box whole = {0, (ptrdiff_t)search.old.count, 0, (ptrdiff_t)search.new.count};
  size_t diagonals = search.old.count + search.new.count + 3;
  ptrdiff_t *forward = arena_array(arena, diagonals, sizeof(*forward));
  ptrdiff_t *backward = arena_array(arena, diagonals, sizeof(*backward));
  if (!forward || !backward)
    return false;
  search.forward = forward + whole.y1 + 1;
  search.backward = backward + whole.y1 + 1;
  mark_changes(&search, whole);
  *diff = (struct diff){.old_lines = search.old.lines,
                        .new_lines = search.new.lines,
                        .old_count = search.old.count,
                        .new_count = search.new.count};
  return list_changes(arena, &search, diff);
}

/* ---- the unified format --------------------------------------------------------------------- */

static void print_range(FILE *out, char sign, size_t start, size_t count) {
  fprintf(out, " %c%zu", sign, count > 0 ? start + 1 : start);
  if (count != 1)
    fprintf(out, ",%zu", count);
}

static void print_lines(FILE *out, char sign, const char *const *lines, size_t start, size_t end) {
  for (size_t i = start; i < end; i++)
    fprintf(out, "%c%s\n", sign, lines[i]);
}

static size_t end_of(size_t start, size_t count, size_t most) {
  return start + count + CONTEXT < most ? start + count + CONTEXT : most;
}

/* Changes first to last, whose context meets. */
static void print_hunk(FILE *out, const struct diff *diff, const struct diff_change *first,
                       const struct diff_change *last) {
  size_t before = first->old_start < CONTEXT ? first->old_start : CONTEXT;
  size_t x = first->old_start - before;
  size_t x_end = end_of(last->old_start, last->old_count, diff->old_count);
  size_t y = first->new_start - before;
  size_t y_end = end_of(last->new_start, last->new_count, diff->new_count);
  fputs("@@", out);
  print_range(out, '-', x, x_end - x);
  print_range(out, '+', y, y_end - y);
  fputs(" @@\n", out);
  for (const struct diff_change *change = first; change <= last; change++) {
    print_lines(out, ' ', diff->old_lines, x, change->old_start);
    x = change->old_start + change->old_count;
    print_lines(out, '-', diff->old_lines, change->old_start, x);
    print_lines(out, '+', diff->new_lines, change->new_start,
                change->new_start + change->new_count);
  }
  print_lines(out, ' ', diff->old_lines, x, x_end);
}

char *diff_unified(const struct diff *diff, size_t *size) {
  char *text = NULL;
  FILE *out = open_memstream(&text, size);
  if (!out)
    return NULL;
  const struct diff_change *end = diff->changes + diff->change_count;
  for (const struct diff_change *first = diff->changes, *last; first < end; first = last + 1) {
    for (last = first; last + 1 < end; last++)
      if (last[1].old_start - (last->old_start + last->old_count) > 2 * (size_t)CONTEXT)
        break;
    print_hunk(out, diff, first, last);
  }
  bool failed = ferror(out) != 0;
  if (fclose(out) == 0 && !failed)
    return text;
  free(text);
  return NULL;
}
