/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose form others decide: the loader's cache, as glibc's dl-cache.h describes it, and the
 * first bytes of ELF files. */
#include "testing.h"

#include <string.h>

#include "nvidia/elf.h"
#include "nvidia/ldcache.h"

struct writer {
  char bytes[512];
  size_t size;
};

static void put_bytes(struct writer *w, const void *bytes, size_t size) {
  ck_assert(w->size + size <= sizeof(w->bytes));
  memcpy(w->bytes + w->size, bytes, size);
  w->size += size;
}

static void put_number(struct writer *w, uint32_t number) {
  char bytes[4];
  for (size_t i = 0; i < sizeof(bytes); i++, number >>= 8)
    bytes[i] = (char)(number & 0xff);
  put_bytes(w, bytes, sizeof(bytes));
}

/* A table with one library that says it has `count`. */
static void put_table(struct writer *w, uint32_t count, uint32_t flags, unsigned char order) {
  static const char name[] = "libcuda.so.1", path[] = "/usr/lib/libcuda.so.1";
  const unsigned char rest[20] = {order}; /* padding, extensions, unused */
  put_bytes(w, "glibc-ld.so.cache1.1", 20);
  put_number(w, count);
  put_number(w, sizeof(name) + sizeof(path));
  put_bytes(w, rest, sizeof(rest));
  put_number(w, flags);
  put_number(w, 48 + 24);
  put_number(w, 48 + 24 + sizeof(name));
  put_number(w, 0);
  put_number(w, 0);
  put_number(w, 0);
  put_bytes(w, name, sizeof(name));
  put_bytes(w, path, sizeof(path));
}

static void check_entry(const struct writer *w) {
  struct ldcache cache;
  struct ldcache_entry entry;
  ck_assert(ldcache_open(&cache, w->bytes, w->size));
  ck_assert_uint_eq(cache.count, 1);
  ck_assert(ldcache_entry(&cache, 0, &entry));
  ck_assert_uint_eq(entry.flags, LDCACHE_X86_64);
  ck_assert_str_eq(entry.name, "libcuda.so.1");
  ck_assert_str_eq(entry.path, "/usr/lib/libcuda.so.1");
}

START_TEST(a_cache_is_read) {
  for (unsigned char order = 0; order <= 2; order += 2) {
    struct writer w = {0};
    put_table(&w, 1, LDCACHE_X86_64, order);
    check_entry(&w);
  }
}
END_TEST

START_TEST(the_older_table_before_it_is_passed_over) {
  for (uint32_t count = 0; count < 4; count++) {
    static const char zeros[64];
    struct writer w = {0};
    put_bytes(&w, "ld.so-1.7.0", 12);
    put_number(&w, count);
    put_bytes(&w, zeros, (size_t)count * 12);
    put_bytes(&w, zeros, (8 - w.size % 8) % 8);
    put_table(&w, 1, LDCACHE_X86_64, 2);
    check_entry(&w);
  }
}
END_TEST

START_TEST(what_is_no_cache_is_refused) {
  struct ldcache cache;
  struct writer w = {0};
  ck_assert(!ldcache_open(&cache, "", 0));
  ck_assert(!ldcache_open(&cache, "glibc-ld.so.cache1.1", 20));
  put_table(&w, 1, LDCACHE_X86_64, 3); /* of the other byte order */
  ck_assert(!ldcache_open(&cache, w.bytes, w.size));
  w.size = 0;
  put_table(&w, 1000, LDCACHE_X86_64, 2); /* more entries than there is room for */
  ck_assert(!ldcache_open(&cache, w.bytes, w.size));
  w.size = 0;
  put_bytes(&w, "ld.so-1.7.0", 12);
  put_number(&w, UINT32_MAX); /* an older table without end */
  put_table(&w, 1, LDCACHE_X86_64, 2);
  ck_assert(!ldcache_open(&cache, w.bytes, w.size));
}
END_TEST

/* The texts of an entry may begin anywhere and end nowhere. */
START_TEST(a_broken_entry_is_no_entry) {
  for (size_t broken = 0; broken < 3; broken++) {
    struct writer w = {0};
    struct ldcache cache;
    struct ldcache_entry entry;
    put_table(&w, 1, LDCACHE_X86_64, 2);
    if (broken < 2)
      memset(w.bytes + 48 + 4 + 4 * broken, 0xff, 4);
    else
      w.size--; /* the NUL behind the path */
    ck_assert(ldcache_open(&cache, w.bytes, w.size));
    ck_assert(!ldcache_entry(&cache, 0, &entry));
  }
}
END_TEST

START_TEST(elf_files_are_told_by_their_heads) {
  struct elf_kind kind;
  char head[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\267\0";
  ck_assert(elf_read(head, ELF_HEAD, &kind));
  ck_assert_uint_eq(kind.bits, 64);
  ck_assert_uint_eq(kind.machine, 183);
  ck_assert(!elf_read(head, ELF_HEAD - 1, &kind));
  head[4] = 1;
  ck_assert(elf_read(head, ELF_HEAD, &kind));
  ck_assert_uint_eq(kind.bits, 32);
  head[5] = 2; /* big-endian */
  ck_assert(!elf_read(head, ELF_HEAD, &kind));
  head[5] = 1;
  head[4] = 3; /* no class */
  ck_assert(!elf_read(head, ELF_HEAD, &kind));
  head[4] = 2;
  head[0] = '#';
  ck_assert(!elf_read(head, ELF_HEAD, &kind));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("nvidia_formats");
  TCase *tests = tcase_create("formats");
  tcase_add_test(tests, a_cache_is_read);
  tcase_add_test(tests, the_older_table_before_it_is_passed_over);
  tcase_add_test(tests, what_is_no_cache_is_refused);
  tcase_add_test(tests, a_broken_entry_is_no_entry);
  tcase_add_test(tests, elf_files_are_told_by_their_heads);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
