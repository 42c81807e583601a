/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAVIT_UTIL_IDS_H
#define DAVIT_UTIL_IDS_H

/* The highest user or group id of a process in a container. The kernel has more, but runc refuses
 * what is above (measured: 1.1). */
#define HIGHEST_ID      2147483647u
#define HIGHEST_ID_TEXT "2147483647"

#endif
