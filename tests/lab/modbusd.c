/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modbusd PORT VENDOR PRODUCT REVISION: a Modbus/TCP server on libmodbus for the lab.
 *
 * libmodbus answers the register functions. It does not know function 43/14, Read Device
 * Identification (MODBUS Application Protocol V1.1b3, 6.21), so that one is answered here:
 * basic and regular access, objects 0 to 2.
 */
#include <errno.h>
#include <modbus.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 32
#define MBAP_SIZE 7 /* transaction, protocol, length, unit */
#define FUNCTION_ENCAPSULATED 0x2b
#define MEI_DEVICE_IDENTIFICATION 0x0e
#define OBJECTS 3

static const char *objects[OBJECTS]; /* vendor, product code, revision */

/* Sends what comes after the function code as an answer to `query`. */
static void answer(
	int fd, const uint8_t *query, uint8_t function, const uint8_t *body, size_t len)
{
	uint8_t reply[260];

	memcpy(reply, query, 4);
	reply[4] = 0;
	reply[5] = (uint8_t)(len + 2);
	reply[6] = query[6];
	reply[7] = function;
	memcpy(reply + 8, body, len);
	if (send(fd, reply, len + 8, MSG_NOSIGNAL) < 0)
		perror("modbusd: send");
}

static void identify(int fd, const uint8_t *query, const uint8_t *rest, size_t len)
{
	static const uint8_t illegal = 2;
	uint8_t body[250] = {MEI_DEVICE_IDENTIFICATION, 0, 0x82, 0, 0, 0};
	size_t used = 6, first = 0, last = OBJECTS - 1;

	if (len < 3 || rest[0] != MEI_DEVICE_IDENTIFICATION || rest[1] < 1 || rest[1] > 4 ||
		rest[2] >= OBJECTS) {
		answer(fd, query, FUNCTION_ENCAPSULATED | 0x80, &illegal, 1);
		return;
	}
	body[1] = rest[1];
	first = rest[2];
	if (rest[1] == 4) /* one object */
		last = first;
	for (size_t i = first; i <= last; i++) {
		size_t n = strnlen(objects[i], 64);

		body[used++] = (uint8_t)i;
		body[used++] = (uint8_t)n;
		memcpy(body + used, objects[i], n);
		used += n;
		body[5]++;
	}
	answer(fd, query, FUNCTION_ENCAPSULATED, body, used);
}

/* One request of one client. Returns -1 when the connection is to be closed. */
static int serve(modbus_t *modbus, modbus_mapping_t *registers, int fd)
{
	uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
	int n;

	modbus_set_socket(modbus, fd);
	n = modbus_receive(modbus, query);
	if (n <= 0)
		return n;
	if (n > MBAP_SIZE && query[MBAP_SIZE] == FUNCTION_ENCAPSULATED) {
		/* libmodbus stops reading after a function code it does not know. */
		int length = query[4] << 8 | query[5], rest = length + 6 - n;
		uint8_t more[MODBUS_TCP_MAX_ADU_LENGTH];

		if (rest < 0 || rest > (int)sizeof(more) ||
			recv(fd, more, rest, MSG_WAITALL) != rest)
			return -1;
		identify(fd, query, more, rest);
		return 0;
	}
	return modbus_reply(modbus, query, n, registers) < 0 && errno == EPIPE ? -1 : 0;
}

static int run(modbus_t *modbus, modbus_mapping_t *registers, int listener)
{
	int clients[CONNECTIONS_MAX], n_clients = 0;

	for (;;) {
		fd_set ready;
		int top = listener;

		FD_ZERO(&ready);
		if (n_clients < CONNECTIONS_MAX)
			FD_SET(listener, &ready);
		for (int i = 0; i < n_clients; i++) {
			FD_SET(clients[i], &ready);
			top = clients[i] > top ? clients[i] : top;
		}
		if (select(top + 1, &ready, NULL, NULL, NULL) < 0)
			return -1;
		for (int i = 0; i < n_clients; i++) {
			if (!FD_ISSET(clients[i], &ready) ||
				serve(modbus, registers, clients[i]) >= 0)
				continue;
			close(clients[i]);
			clients[i--] = clients[--n_clients];
		}
		if (FD_ISSET(listener, &ready)) {
			struct timeval patience = {.tv_sec = 2};
			int fd = accept(listener, NULL, NULL);

			if (fd < 0)
				continue;
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
			clients[n_clients++] = fd;
		}
	}
}

/* Every address of the host. libmodbus asks with AI_ADDRCONFIG, so that "::" is no address on a
 * host that has IPv4 only. */
static int listen_on(const char *port, modbus_t **ret_modbus)
{
	static const char *const any[] = {"::", "0.0.0.0"};
	int listener = -1;

	for (size_t i = 0; i < 2 && listener < 0; i++) {
		modbus_free(*ret_modbus);
		*ret_modbus = modbus_new_tcp_pi(any[i], port);
		if (*ret_modbus)
			listener = modbus_tcp_pi_listen(*ret_modbus, 8);
	}
	return listener;
}

int main(int argc, char **argv)
{
	modbus_mapping_t *registers = modbus_mapping_new(64, 64, 128, 128);
	modbus_t *modbus = NULL;
	int listener = -1;

	if (argc != 5) {
		fprintf(stderr, "usage: modbusd PORT VENDOR PRODUCT REVISION\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < OBJECTS; i++)
		objects[i] = argv[i + 2];
	if (registers)
		listener = listen_on(argv[1], &modbus);
	if (listener < 0) {
		fprintf(stderr, "modbusd: cannot listen on port %s: %s\n", argv[1],
			modbus_strerror(errno));
		return 1;
	}
	run(modbus, registers, listener);
	perror("modbusd: select");
	return 1;
}
