/* SPDX-License-Identifier: Apache-2.0 */
/* What the register's SQL cases share: a private cluster of their own in a temporary directory,
 * and files made on the spot. EXAMPLES and NORMS are folders of the source tree. */
#ifndef TESTS_SQL_REGISTER_COMMON_H
#define TESTS_SQL_REGISTER_COMMON_H

#include "tests/unit/unit.h"

#include "inventory/inventory.h"

struct register_case {
	struct inventory *inv;
	char dir[64];
};

extern struct register_case the;

int register_case_open(void **state);  /* group setup */
int register_case_close(void **state); /* group teardown */

/* Writes a file into the temporary directory; the path is good until the next call. */
const char *case_file(const char *name, const char *text);
/* Imports text as a register, which must be taken; returns what it counted. */
struct register_result case_import(const char *text);
/* Imports text as a register, which must be refused with these words. */
void case_refused(const char *text, const char *said);

/* Shapes of registers: the words between these belong to the cases. */
#define REGISTER_HEAD "<register xmlns='urn:cadastre:register:1' realm='lanhe' " \
	"document='D-1'><organisations><organisation id='op' name='Operator' " \
	"sector='energy.power'/></organisations>"
#define SYSTEM_ATTRIBUTES " organisation='op' sector='energy.power' " \
	"class='industrial-control' kind='information-system' function='f' " \
	"service-scope='prefecture' counterparts='both'"

#endif
