/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the reference report on CDI: texts of spec files, and what becomes of them. */
#ifndef DAVIT_TESTS_CDI_ROWS_H
#define DAVIT_TESTS_CDI_ROWS_H

#include "cdi/read.h"
#include "testing.h"

/* How a row of the report is answered. */
#define SAME   NULL
#define BETTER /* followed by the reason */

/* What becomes of a text. */
#define TAKEN   .says = NULL
#define REFUSED .says = /* followed by a part of the error */

#define HEAD(version) "cdiVersion: \"" version "\"\nkind: v.com/c\n"
#define DEVICE        "devices: [{name: d, containerEdits: {env: [A=b]}}]\n"
/* One device with these edits, in line 3. */
#define EDITS(version, edits)     HEAD(version) "devices: [{name: d, containerEdits: {" edits "}}]\n"
#define DEVICES(version, devices) HEAD(version) "devices: [" devices "]\n"
#define NAMED(version, name)      DEVICES(version, "{name: " name ", containerEdits: {env: [A=b]}}")

struct text_row {
  const char *id;     /* of the report; NULL: it has none */
  const char *better; /* SAME, or BETTER with the reason */
  const char *text;
  const char *says;  /* TAKEN or REFUSED */
  const char *warns; /* part of a warning; NULL: there is none */
  const char *notes; /* part of what only a strict check finds; NULL: it is not looked at */
  size_t size;       /* 0: up to the NUL */
  const char *file;  /* NULL: f.yaml */
};

#define SIZED(...) .text = (__VA_ARGS__), .size = sizeof(__VA_ARGS__) - 1

static inline void check_row(const struct text_row *row) {
  CLEANUP(arena) struct arena arena = {0};
  struct cdi_reading reading;
  const char *id = row->id ? row->id : "";
  const char *file = row->file ? row->file : "f.yaml";
  size_t size = row->size ? row->size : strlen(row->text);
  ck_assert_int_eq(cdi_read(&arena, file, row->text, size, &reading), DAVIT_OK);
  CLEANUP(findings) struct cdi_findings findings = reading.findings;
  if (row->says) {
    ck_assert_msg(reading.spec == NULL, "%s: taken: %s", id, row->text);
    ck_assert_msg(error_says(&findings.errors, "cdi.file-broken", row->says),
                  "%s: \"%s\" is not said, but: %s", id, row->says, error_text(&findings.errors));
  } else {
    ck_assert_msg(reading.spec != NULL && findings.errors.count == 0, "%s: refused: %s: %s", id,
                  row->text, error_text(&findings.errors));
  }
  if (row->warns)
    ck_assert_msg(error_says(&findings.warnings, "cdi.file-odd", row->warns),
                  "%s: \"%s\" is not warned of, but: %s", id, row->warns,
                  error_text(&findings.warnings));
  else
    ck_assert_msg(findings.warnings.count == 0, "%s: warned: %s", id,
                  error_text(&findings.warnings));
  if (row->notes)
    ck_assert_msg(error_says(&findings.strict, "cdi.file-strict", row->notes),
                  "%s: \"%s\" is not noted, but: %s", id, row->notes, error_text(&findings.strict));
}

#endif
