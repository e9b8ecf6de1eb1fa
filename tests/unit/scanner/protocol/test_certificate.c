/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: what is stated, names that are none, and bytes that are no certificate. */
#include "tests/unit/scanner/protocol/certificates.h"
#include "tests/unit/scanner/protocol/check.h"

#include "common/model/digest.h"
#include "scanner/protocol/certificate.h"

static void statements(void **state)
{
	struct certificate_made made = certificate_make(
		"www.lanhe.example", "DNS:www.lanhe.example,DNS:*.lanhe.example,IP:198.18.0.1,"
				     "DNS:Portal.Lanhe.Example");
	struct reading *r = check_reading();
	uint8_t der[4096], digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	size_t n = certificate_der(&made, der);

	(void)state;
	certificate_read(der, n, r);
	digest_sha256(der, n, digest);
	check_is(r, "tls.certificate.sha256", digest_hex(digest, hex));
	check_key(r, "tls.certificate.sha256", hex);
	check_is(r, "tls.certificate.subject", "CN=www.lanhe.example,O=Lanhe");
	check_is(r, "tls.certificate.issuer", "CN=www.lanhe.example,O=Lanhe");
	check_is(r, "tls.certificate.san",
		"www.lanhe.example, *.lanhe.example, Portal.Lanhe.Example");
	check_is(r, "tls.certificate.not_before", "2026-01-01T00:00:00Z");
	check_is(r, "tls.certificate.not_after", "2027-01-01T00:00:00Z");
	check_is(r, "tls.certificate.key", "EC 256");
	check_is(r, "tls.certificate.self_signed", "yes");
	check_is(r, "tls.certificate.signature", "ecdsa-with-SHA256");
	check_is(r, "tls.certificate.san.more", NULL);
	check_is(r, "tls.weak", NULL);
	assert_int_equal(r->n_names, 2); /* the wildcard is no host */
	check_name(r, "tls.san", "portal.lanhe.example");
	certificate_forget(&made);
}

/* Signed by itself, for no wildcard: the device's own. */
static void of_a_device(void **state)
{
	struct certificate_made made = certificate_make("plc-7.lanhe.example", NULL);
	struct reading *r = check_reading();
	uint8_t der[4096];

	(void)state;
	certificate_read(der, certificate_der(&made, der), r);
	check_key(r, "tls.device.sha256", reading_get(r, "tls.certificate.sha256"));
	certificate_forget(&made);
}

/* Keys and signatures that should not be used any more; of names the first, and how many
 * more. */
static void weak(void **state)
{
	static const struct {
		int bits;
		const char *digest, *weak, *signature;
	} rows[] = {{1024, "SHA256", "RSA 1024", "sha256WithRSAEncryption"},
		{2048, "SHA1", "SHA1 signature", "sha1WithRSAEncryption"},
		{2047, "MD5", "RSA 2047, MD5 signature", "md5WithRSAEncryption"},
		{2048, "SHA384", NULL, "sha384WithRSAEncryption"}};
	uint8_t der[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct certificate_made made = certificate_make("old.example", NULL);
		struct reading *r = check_reading();

		EVP_PKEY_free(made.key);
		made.key = EVP_RSA_gen((unsigned int)rows[i].bits);
		X509_set_pubkey(made.certificate, made.key);
		assert_true(X509_sign(made.certificate, made.key,
				    EVP_get_digestbyname(rows[i].digest)) > 0);
		certificate_read(der, certificate_der(&made, der), r);
		check_is(r, "tls.weak", rows[i].weak);
		check_is(r, "tls.certificate.signature", rows[i].signature);
		check_is(r, "tls.certificate.serial", "07");
		certificate_forget(&made);
	}
}

static void hostile_names(void **state)
{
	struct certificate_made made = certificate_make("\x1b[2J<script>'; --", NULL);
	struct reading *r = check_reading();
	uint8_t der[4096];

	(void)state;
	certificate_read(der, certificate_der(&made, der), r);
	assert_int_equal(r->n_names, 0);
	assert_null(strchr(reading_get(r, "tls.certificate.subject"), 0x1b));
	certificate_forget(&made);
}

static void damaged(void **state)
{
	struct certificate_made made = certificate_make("a.example", "DNS:a.example");
	uint8_t der[4096];
	size_t n = certificate_der(&made, der);

	(void)state;
	for (size_t i = 0; i <= n; i++) {
		uint8_t *copy = malloc(i ? i : 1);

		memcpy(copy, der, i);
		if (i > 0)
			copy[i - 1] ^= 0x55;
		certificate_read(copy, i, check_reading());
		free(copy);
	}
	certificate_read(der, CERTIFICATE_MAX + 1, check_reading()); /* refused by size alone */
	certificate_forget(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements),
		cmocka_unit_test(of_a_device), cmocka_unit_test(weak),
		cmocka_unit_test(hostile_names), cmocka_unit_test(damaged)};

	return RUN(tests);
}
