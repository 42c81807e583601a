/* SPDX-License-Identifier: Apache-2.0 */
/* Texts for device nodes of fixture hosts, and PCI addresses: what is accepted is in range. */
#include "fuzz.h"

#include <string.h>

#include "common/pci.h"
#include "host/node.h"

static void check_node(const uint8_t *data, size_t size) {
  struct davit_stat st = {DAVIT_SIZED(struct davit_stat), .type = UINT32_MAX};
  if (!node_parse((const char *)data, size, &st)) {
    MUST_HOLD(st.type == UINT32_MAX);
    return;
  }
  MUST_HOLD(size <= NODE_MAX_TEXT);
  MUST_HOLD(st.type == DAVIT_FILE_CHAR || st.type == DAVIT_FILE_BLOCK);
  MUST_HOLD(st.mode <= 07777 && st.major <= 0xfff && st.minor <= 0xfffff);
  MUST_HOLD(st.uid != UINT32_MAX && st.gid != UINT32_MAX);
}

static void check_address(const uint8_t *data, size_t size) {
  char text[32];
  struct pci_address address;
  if (size >= sizeof(text))
    return;
  memcpy(text, data, size);
  text[size] = '\0';
  if (!pci_parse(text, &address))
    return;
  MUST_HOLD(address.bus <= 0xff && address.device <= 0x1f && address.function <= 7);
  MUST_HOLD(pci_compare(&address, &address) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check_node(data, size);
  check_address(data, size);
  return 0;
}
