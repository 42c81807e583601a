/* SPDX-License-Identifier: Apache-2.0 */
#include "nvidia/elf.h"

#include <elf.h>
#include <string.h>

bool elf_read(const char *head, size_t size, struct elf_kind *kind) {
  if (size < ELF_HEAD || memcmp(head, ELFMAG, SELFMAG) != 0 || head[EI_DATA] != ELFDATA2LSB ||
      (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64))
    return false;
  const unsigned char *machine = (const unsigned char *)head + offsetof(Elf32_Ehdr, e_machine);
  *kind = (struct elf_kind){.bits = head[EI_CLASS] == ELFCLASS64 ? 64 : 32,
                            .machine = machine[0] | (unsigned)machine[1] << 8};
  return true;
}
