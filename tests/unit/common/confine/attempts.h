/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As if a parser had been taken over: everything that would help an attacker, to be tried from
 * inside of a confined process, and what each kind of process needs all the same.
 */
#ifndef TESTS_UNIT_COMMON_CONFINE_ATTEMPTS_H
#define TESTS_UNIT_COMMON_CONFINE_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BY_WORKER = 1, BY_LISTENER = 2, BY_HELPER = 4, BY_READER = 8 };

struct attempt {
	const char *name;
	bool (*can)(void);
	unsigned int allowed; /* to whom */
};

extern const struct attempt attempts[];
extern const size_t n_attempts;
#define ATTEMPTS_MAX 64

/* Each attempt's answer as a byte. */
void attempt_all(uint8_t *answers);
/* How many answers are not as they must be; says which. */
int attempts_compare(const uint8_t *answers, unsigned int whose);

#endif
