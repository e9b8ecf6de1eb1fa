/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of SQL Server's browser: [MC-SQLR], 2.2.5. */
#include "tests/unit/scanner/protocol/check.h"

#define ONE                                                                                    \
	"ServerName;HIST01;InstanceName;MSSQLSERVER;IsClustered;No;Version;15.0.2000.5;tcp;"   \
	"1433;;"
#define TWO                                                                                    \
	"ServerName;HIST01;InstanceName;ALARMS;IsClustered;No;Version;10.50.1600.1;np;"        \
	"\\\\HIST01\\pipe\\a;;"
static const char answer[] = "\x05\xb6\0" ONE TWO;

static void answers(void **state)
{
	const struct protocol *mssql = protocol_by_name("mssql");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(answer) - 1, 3 + 0xb6);
	r = check_read(mssql, BYTES(answer));
	check_is(r, "mssql.server", "HIST01");
	check_is(r, "mssql.instances", "MSSQLSERVER ALARMS");
	check_is(r, "mssql.version", "15.0.2000.5");
	check_is(r, "mssql.port", "1433");
	check_is(r, "service.product", "SQL Server 2019");
	check_is(r, "service.version", "15.0.2000.5");
	check_name(r, "mssql", "hist01");
	check_hostile(mssql, BYTES(answer));
	assert_null(mssql->repeats);
	/* Semicolons alone, no value behind the last name, a length that is not the
	 * datagram's. */
	mssql->read(BYTES("\x05\x0f\0ServerName;;;;;"), check_reading());
	mssql->read(BYTES("\x05\x11\0ServerName;A;Vers"), check_reading());
	assert_false(mssql->recognise(BYTES("\x05\xb7\0" ONE TWO)));
	check_request(mssql, 7, BYTES("\x03"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers)};

	return RUN(tests);
}
