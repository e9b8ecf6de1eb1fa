/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made for one test, with a key that is forgotten afterwards. */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_CERTIFICATES_H
#define TESTS_UNIT_SCANNER_PROTOCOL_CERTIFICATES_H

#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

struct certificate_made {
	EVP_PKEY *key;
	X509 *certificate;
};

/* Self-signed, valid from 2026-01-01 to 2027-01-01; `names` is OpenSSL's subjectAltName. */
static inline struct certificate_made certificate_make(
	const char *common_name, const char *names)
{
	struct certificate_made made = {EVP_EC_gen("P-256"), X509_new()};
	X509_NAME *subject = X509_get_subject_name(made.certificate);
	X509_EXTENSION *extension = names ?
		X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names) : NULL;

	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), 7);
	X509_set_version(made.certificate, 2);
	ASN1_TIME_set_string(X509_getm_notBefore(made.certificate), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(made.certificate), "20270101000000Z");
	X509_NAME_add_entry_by_txt(
		subject, "O", MBSTRING_UTF8, (const uint8_t *)"Lanhe", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
		subject, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1, -1, 0);
	X509_set_issuer_name(made.certificate, subject);
	X509_set_pubkey(made.certificate, made.key);
	if (extension)
		X509_add_ext(made.certificate, extension, -1);
	X509_EXTENSION_free(extension);
	assert_true(X509_sign(made.certificate, made.key, EVP_sha256()) > 0);
	return made;
}

static inline void certificate_forget(struct certificate_made *made)
{
	X509_free(made->certificate);
	EVP_PKEY_free(made->key);
}

static inline size_t certificate_der(const struct certificate_made *made, uint8_t *out)
{
	int n = i2d_X509(made->certificate, &out);

	assert_true(n > 0);
	return (size_t)n;
}

#endif
