/* SPDX-License-Identifier: Apache-2.0 */
/* Cells that are empty where there is nothing to say. All return `out`, or "". */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include "common/clock.h"

#include <stdint.h>

#define CELL_NUMBER_MAX 24

/* 0 is empty. */
const char *number_or_empty(int64_t number, char out[CELL_NUMBER_MAX]);
/* Wall time by the second, for people; 0 is empty. */
const char *time_or_empty(int64_t us, char out[CLOCK_TEXT_MAX]);
/* The same, exactly: what --known-at can be given. */
const char *moment_or_empty(int64_t us, char out[CLOCK_TEXT_MAX]);

#endif
