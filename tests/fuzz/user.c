/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/passwd and /etc/group of a root file system: the input is the one, a line "---", and the
 * other. */
#include "directory.h"

#include "image/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char line[] = "---\n";
  static const uint32_t uids[] = {0, 5, 1000};
  const struct host *rootfs = fuzz_directory_host("etc");
  const uint8_t *cut = memmem(data, size, line, strlen(line));
  size_t passwd_size = cut ? (size_t)(cut - data) : size;
  fuzz_directory_write("etc/passwd", data, passwd_size);
  if (cut)
    fuzz_directory_write("etc/group", cut + strlen(line), size - passwd_size - strlen(line));
  else
    fuzz_directory_write("etc/group", data, size);

  for (size_t i = 0; i < sizeof(uids) / sizeof(*uids); i++) {
    CLEANUP(arena) struct arena arena = {0};
    CLEANUP(error) struct davit_error err = {0};
    struct image_user user;
    int answer = image_find_user(&arena, rootfs, uids[i], &user, &err);
    check_answer(answer, &err);
    if (answer < 0)
      continue;
    MUST_HOLD(user.known || user.group_count == 0);
    MUST_HOLD(!user.home || user.home[0] == '/');
    for (size_t j = 0; j < user.group_count; j++)
      (void)*(volatile const uint32_t *)&user.groups[j]; /* a sanitizer sees what is not there */
  }
  return 0;
}
