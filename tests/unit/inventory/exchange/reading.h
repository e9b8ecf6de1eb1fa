/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a reader in the test's own process and reads its bundle back. */
#ifndef TESTS_UNIT_INVENTORY_EXCHANGE_READING_H
#define TESTS_UNIT_INVENTORY_EXCHANGE_READING_H

#include "inventory/exchange/internal.h"

#define READING_NOW 1800000000000000LL /* 2027-01-15 */

struct reading_result {
	int result;
	struct error error;
	struct exchange_report report;
	struct str text; /* one line an observation, as it is easily searched */
	struct bundle_header header;
	size_t n;
	bool bad_bundle; /* what came out is no bundle */
};

const struct exchange_format *reading_format(const char *bytes, size_t n);
void reading_run(const struct exchange_format *format, const void *bytes, size_t n,
	struct reading_result *ret_result);
void reading_done(struct reading_result *result);
/* A sample's bytes. */
struct str reading_sample(const char *name);

#endif
