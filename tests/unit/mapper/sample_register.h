/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the register knows besides, laid over a sample estate: who is responsible, zones and
 * conduits, businesses, suppliers, exits, findings and when each asset was last met. The text
 * of the records is clean, and the same sample has the same content every time.
 */
#ifndef TESTS_UNIT_MAPPER_SAMPLE_REGISTER_H
#define TESTS_UNIT_MAPPER_SAMPLE_REGISTER_H

#include "common/model/estate.h"

/* In the estate's arena; exits the test program without memory. */
void sample_register(struct estate *estate);

#endif
