/* SPDX-License-Identifier: Apache-2.0 */
/* What an ELF file is for, by its first bytes. */
#ifndef DAVIT_PLUGINS_NVIDIA_ELF_H
#define DAVIT_PLUGINS_NVIDIA_ELF_H

#include <stdbool.h>
#include <stddef.h>

enum {
  ELF_HEAD = 20 /* bytes that tell it */
};

struct elf_kind {
  unsigned bits;    /* 32 or 64 */
  unsigned machine; /* EM_* of elf(5) */
};

/* False if it is no ELF file of little byte order. */
bool elf_read(const char *head, size_t size, struct elf_kind *kind);

static inline bool elf_same_kind(struct elf_kind a, struct elf_kind b) {
  return a.bits == b.bits && a.machine == b.machine;
}

#endif
