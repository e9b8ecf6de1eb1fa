/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates by OpenSSL's libcrypto; see certificate.h. */
#include "scanner/protocol/certificate.h"

#include "common/clock.h"
#include "common/model/digest.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <string.h>
#include <time.h>

#define NAMES_MAX 16
#define RSA_BITS_LEAST 2048 /* NIST SP 800-131A; the same of DSA */
#define EC_BITS_LEAST 224

static void add_name(struct reading *reading, const char *attribute, const char *kind,
	const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	long size;

	/* The order of RFC 2253: CN first, C last; UTF-8 as it is. */
	if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >=
			   0) {
		size = BIO_get_mem_data(out, &text);
		if (size > 0) {
			reading_add(reading, attribute, text, (size_t)size);
			reading_match(reading, kind, text, (size_t)size);
		}
	}
	BIO_free(out);
}

static void add_time(struct reading *reading, const char *attribute, const ASN1_TIME *time)
{
	char text[CLOCK_TEXT_MAX];
	struct tm tm;

	if (time && ASN1_TIME_to_tm(time, &tm) == 1)
		reading_add_text(reading, attribute,
			clock_format((int64_t)timegm(&tm) * CLOCK_SECOND, text));
}

static void add_common_name(struct reading *reading, const X509_NAME *subject)
{
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *name = at < 0 ? NULL :
		X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));

	if (name)
		reading_name(reading, "tls.subject", ASN1_STRING_get0_data(name),
			(size_t)ASN1_STRING_length(name));
}

/* The DNS names among the alternative names: the first of them, and how many more there are. */
static void add_alternative_names(struct reading *reading, X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);
	int shown = 0, more = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const uint8_t *bytes;
		size_t size;

		if (name->type != GEN_DNS)
			continue;
		if (shown == NAMES_MAX) {
			more++;
			continue;
		}
		bytes = ASN1_STRING_get0_data(name->d.dNSName);
		size = (size_t)ASN1_STRING_length(name->d.dNSName);
		str_adds(&text, shown++ ? ", " : "");
		str_add(&text, bytes, size);
		reading_name(reading, "tls.san", bytes, size);
	}
	reading_add(reading, "tls.certificate.san", text.data, text.len);
	if (more > 0)
		reading_add_number(reading, "tls.certificate.san.more", (uint64_t)more);
	GENERAL_NAMES_free(names);
}

static void add_key(struct reading *reading, X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	int bits = key ? EVP_PKEY_get_bits(key) : 0;
	char text[64];

	if (!type)
		return;
	snprintf(text, sizeof(text), "%s %d", type, bits);
	reading_add_text(reading, "tls.certificate.key", text);
	if (((EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "DSA")) &&
		    bits < RSA_BITS_LEAST) ||
		(EVP_PKEY_is_a(key, "EC") && bits < EC_BITS_LEAST))
		reading_append(reading, "tls.weak", text);
}

/* How it is signed. Two certificates of one signature can be made with MD5 and SHA-1. */
static void add_signature(struct reading *reading, X509 *certificate)
{
	int nid = X509_get_signature_nid(certificate), digest = NID_undef;
	const char *name = nid == NID_undef ? NULL : OBJ_nid2ln(nid);
	char text[128];

	if (!name)
		return;
	reading_add_text(reading, "tls.certificate.signature", name);
	if (X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) != 1 ||
		(digest != NID_sha1 && digest != NID_md5 && digest != NID_md4 &&
			digest != NID_md2))
		return;
	snprintf(text, sizeof(text), "%s signature", OBJ_nid2sn(digest));
	reading_append(reading, "tls.weak", text);
}

/* The number that its issuer gave it. */
static void add_serial(struct reading *reading, const X509 *certificate)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	BIGNUM *number = serial ? ASN1_INTEGER_to_BN(serial, NULL) : NULL;
	char *text = number ? BN_bn2hex(number) : NULL;

	if (text)
		reading_add_text(reading, "tls.certificate.serial", text);
	OPENSSL_free(text);
	BN_free(number);
}

static bool is_self_signed(X509 *certificate)
{
	return X509_NAME_cmp(X509_get_subject_name(certificate),
		       X509_get_issuer_name(certificate)) == 0;
}

/* One that a thing made for itself: signed by itself, and not for whoever has a name of a
 * domain. That makers deliver the same to many is found where it is met on many. */
static bool is_of_device(X509 *certificate)
{
	GENERAL_NAMES *names;
	bool wildcard = false;

	if (!is_self_signed(certificate))
		return false;
	names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		wildcard |= name->type == GEN_DNS && ASN1_STRING_length(name->d.dNSName) > 0 &&
			    ASN1_STRING_get0_data(name->d.dNSName)[0] == '*';
	}
	GENERAL_NAMES_free(names);
	return !wildcard;
}

void certificate_read(const uint8_t *der, size_t size, struct reading *reading)
{
	const uint8_t *p = der;
	X509 *certificate = size <= CERTIFICATE_MAX ? d2i_X509(NULL, &p, (long)size) : NULL;
	char hex[DIGEST_HEX_SIZE];
	uint8_t digest[DIGEST_SIZE];

	ERR_clear_error();
	if (!certificate)
		return;
	size = (size_t)(p - der);
	digest_sha256(der, size, digest);
	digest_hex(digest, hex);
	reading_add_text(reading, "tls.certificate.sha256", hex);
	reading_key(reading,
		is_of_device(certificate) ? "tls.device.sha256" : "tls.certificate.sha256", hex,
		strlen(hex));
	add_name(reading, "tls.certificate.subject", "x509.subject",
		X509_get_subject_name(certificate));
	add_name(reading, "tls.certificate.issuer", "x509.issuer",
		X509_get_issuer_name(certificate));
	add_alternative_names(reading, certificate);
	add_common_name(reading, X509_get_subject_name(certificate));
	add_time(reading, "tls.certificate.not_before", X509_get0_notBefore(certificate));
	add_time(reading, "tls.certificate.not_after", X509_get0_notAfter(certificate));
	add_key(reading, certificate);
	add_signature(reading, certificate);
	add_serial(reading, certificate);
	reading_add_text(reading, "tls.certificate.self_signed",
		is_self_signed(certificate) ? "yes" : "no");
	X509_free(certificate);
	ERR_clear_error();
}
