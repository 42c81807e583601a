/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a program of this machine costs: it is started, linked to the C library, and ends.
 */
int main(void) {
  return 0;
}
