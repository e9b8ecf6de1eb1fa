/* SPDX-License-Identifier: Apache-2.0 */
/* SSH: identification, algorithms, host key, and what the greeter says: RFC 4253. */
#include "tests/unit/scanner/protocol/check.h"

#include "common/packer.h"

#define KEY_OF_ZEROS "kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk"
#define BANNER "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"

static void put_string(struct packer *p, const void *bytes, size_t size)
{
	packer_be32(p, (uint32_t)size);
	packer_bytes(p, bytes, size);
}

static void put_packet(struct packer *p, const uint8_t *payload, size_t size)
{
	size_t padding = 8 - (size + 5) % 8 + 8;

	packer_be32(p, (uint32_t)(size + padding + 1));
	packer_u8(p, (uint8_t)padding);
	packer_bytes(p, payload, size);
	packer_zero(p, padding);
}

/* A server's words: banner, KEXINIT with one method, and a reply with an Ed25519 key of zeros. */
static size_t server(uint8_t *out, size_t max, const char *kex, bool reply)
{
	struct packer p = packer_of(out, max), key, payload;
	uint8_t bytes[512], blob[64];

	packer_bytes(&p, BANNER, sizeof(BANNER) - 1);
	payload = packer_of(bytes, sizeof(bytes));
	packer_u8(&payload, 20);
	packer_zero(&payload, 16);
	put_string(&payload, kex, strlen(kex));
	put_string(&payload, "ssh-ed25519", 11);
	for (int i = 0; i < 4; i++)
		put_string(&payload, "aes128-ctr", 10);
	for (int i = 0; i < 4; i++)
		put_string(&payload, i < 2 ? "none" : "", i < 2 ? 4 : 0);
	packer_zero(&payload, 5);
	put_packet(&p, bytes, payload.pos);
	if (reply) {
		key = packer_of(blob, sizeof(blob));
		put_string(&key, "ssh-ed25519", 11);
		put_string(&key, (uint8_t[32]){0}, 32);
		payload = packer_of(bytes, sizeof(bytes));
		packer_u8(&payload, 31);
		put_string(&payload, blob, key.pos);
		put_string(&payload, (uint8_t[32]){0}, 32);
		put_string(&payload, "signature", 9);
		put_packet(&p, bytes, payload.pos);
	}
	assert_true(packer_ok(&p));
	return p.pos;
}

static void readings(void **state)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t bytes[2048];
	size_t n = server(bytes, sizeof(bytes), "curve25519-sha256", true);
	const struct reading *r = check_read(ssh, bytes, n);

	(void)state;
	check_is(r, "ssh.protocol", "2.0");
	check_is(r, "service.product", "OpenSSH");
	check_is(r, "service.version", "9.2p1");
	check_is(r, "os.version", "12");
	check_is(r, "ssh.kex", "curve25519-sha256");
	check_is(r, "ssh.hostkey.type", "ssh-ed25519");
	/* What `ssh-keygen -lf` prints for this key. */
	check_is(r, "ssh.hostkey.sha256", "SHA256:" KEY_OF_ZEROS);
	check_key(r, "ssh.hostkey.sha256", "SHA256:" KEY_OF_ZEROS);
	check_hostile(ssh, bytes, n);
}

static void banners(void **state)
{
	const struct protocol *ssh = protocol_by_name("ssh");
	const struct reading *r = check_read(ssh, BYTES("Authorised use only\r\nSSH-1.99-Cisco-1.25\n"));

	(void)state;
	check_is(r, "ssh.protocol", "1.99");
	check_is(r, "hw.vendor", "Cisco");
	check_is(r, "hw.device", "Router");
	r = check_read(ssh, BYTES("SSH-2.0-dropbear_2022.83\r\n"));
	check_is(r, "service.version", "2022.83");
	r = check_read(ssh, BYTES("SSH-2.0-\x1b[31m<b>\xff\r\n"));
	check_is(r, "ssh.identification", "SSH-2.0-\\x1b[31m<b>\\xff");
	assert_false(ssh->recognise(BYTES("SSH-2.0-OpenSSH")));
	assert_int_equal(ssh->complete(BYTES("SSH-2.0-OpenSSH")), 0);
}

/* Our packets are framed as RFC 4253, 6 asks for. */
static void check_framing(const uint8_t *bytes, size_t size, uint8_t type)
{
	uint32_t length = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | bytes[2] << 8 | bytes[3];

	assert_int_equal(length + 4, size);
	assert_int_equal(size % 8, 0);
	assert_true(bytes[4] >= 4);
	assert_int_equal(bytes[5], type);
}

static void conversation(void **state)
{
	static const struct {
		const char *method;
		size_t size;
	} methods[] = {{"x,curve25519-sha256@libssh.org", 32}, {"ecdh-sha2-nistp256", 65},
		{"diffie-hellman-group14-sha1", 256}};
	const struct protocol *ssh = protocol_by_name("ssh");
	uint8_t bytes[2048], out[PROTOCOL_REQUEST_MAX];
	const uint8_t *end;
	long n;

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	assert_int_equal(check_next(ssh, 0, BYTES("SSH-2.0-x"), out), 0);
	n = check_next(ssh, 0, BYTES(BANNER), out);
	end = memchr(out, '\n', (size_t)n);
	assert_memory_equal(out, "SSH-2.0-cadastre_", 17);
	check_framing(end + 1, (size_t)(out + n - end - 1), 20);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		size_t size = server(bytes, sizeof(bytes), methods[i].method, false);

		assert_int_equal(check_next(ssh, 1, bytes, size - 1, out), 0);
		n = check_next(ssh, 1, bytes, size, out);
		check_framing(out, (size_t)n, 30);
		assert_in_range(out[8] << 8 | out[9], methods[i].size - 2, methods[i].size + 1);
		assert_int_equal(check_next(ssh, 2, bytes, size, out), 0);
	}
	n = check_next(ssh, 1, bytes, server(bytes, sizeof(bytes), "unknown", false), out);
	assert_int_equal(n, -1);
	n = check_next(ssh, 2, bytes, server(bytes, sizeof(bytes), "curve25519-sha256", true), out);
	check_framing(out, (size_t)n, 1);
	assert_int_equal(check_next(ssh, 3, bytes, 100, out), -1);
	assert_int_equal(check_next(ssh, 0, BYTES("SSH-1.5-old\r\n"), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(readings), cmocka_unit_test(banners),
		cmocka_unit_test(conversation)};

	return RUN(tests);
}
