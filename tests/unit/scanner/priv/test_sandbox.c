/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As if the parser had been taken over: everything that would help an attacker is tried from
 * inside of each role's sandbox, and must be denied; what the role needs must still work.
 */
#include "tests/unit/common/confine/attempts.h"
#include "tests/unit/unit.h"

#include "scanner/priv/priv.h"
#include "scanner/protocol/protocol.h"
#include "scanner/protocol/usm.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child: each attempt's answer as a byte. */
static void run(enum priv_role role, uint8_t *ret_answers, struct error *error)
{
	int pair[2], status;
	pid_t child;

	assert_int_equal(pipe(pair), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		uint8_t answers[ATTEMPTS_MAX];

		if (priv_enter(role, error) < 0)
			_exit(1);
		attempt_all(answers);
		_exit(write(pair[1], answers, n_attempts) == (ssize_t)n_attempts ? 0 : 2);
	}
	close(pair[1]);
	assert_int_equal(read(pair[0], ret_answers, n_attempts), n_attempts);
	close(pair[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void check(enum priv_role role, unsigned int whose)
{
	uint8_t answers[ATTEMPTS_MAX];
	struct error error = {0};

	run(role, answers, &error);
	assert_int_equal(attempts_compare(answers, whose), 0);
}

static void test_worker(void **state)
{
	(void)state;
	check(PRIV_WORKER, BY_WORKER);
}

static void test_worker_bpf(void **state)
{
	(void)state;
	check(PRIV_WORKER_BPF, BY_WORKER | BY_WORKER_BPF);
}

static void test_listener(void **state)
{
	(void)state;
	check(PRIV_LISTENER, BY_LISTENER);
}

static void test_helper(void **state)
{
	(void)state;
	check(PRIV_HELPER, BY_HELPER);
}

/* Keys of SNMP's users are made and used inside, with every algorithm: what they need was
 * fetched before. */
static bool use_keys(enum login_auth auth, enum login_privacy privacy)
{
	const struct login login = {.kind = LOGIN_USER, .auth = auth, .privacy = privacy,
		.auth_secret = "not in the dark", .privacy_secret = "nor in the light"};
	_cleanup_(usm_freep) struct usm *usm = usm_new(&login, (const uint8_t *)"engine", 6);
	uint8_t bytes[100] = {0}, salt[USM_SALT_SIZE], plain[64];

	return usm && usm_sign(usm, bytes, sizeof(bytes), 10) &&
	       usm_check(usm, bytes, sizeof(bytes), 10) &&
	       usm_encrypt(usm, 1, 2, 3, bytes, 64, salt) == 64 &&
	       usm_decrypt(usm, 1, 2, salt, bytes, 64, plain);
}

static void test_keys(void **state)
{
	struct error error = {0};
	int status;
	pid_t child;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (protocols_prepare(&error) < 0 || priv_enter(PRIV_WORKER, &error) < 0)
			_exit(1);
		for (int auth = LOGIN_MD5; auth <= LOGIN_SHA512; auth++)
			for (int privacy = LOGIN_DES; privacy <= LOGIN_AES128; privacy++)
				if (!use_keys(auth, privacy))
					_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_worker),
		cmocka_unit_test(test_worker_bpf), cmocka_unit_test(test_listener),
		cmocka_unit_test(test_helper), cmocka_unit_test(test_keys)};

	return RUN(tests);
}
