/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one agent over a plain UDP socket with a login from the command line, and prints what
 * was learnt, a line each: for tests against real agents.
 *
 *     walk ADDRESS PORT 2c COMMUNITY everything|itself
 *     walk ADDRESS PORT 3 USER AUTH SECRET PRIVACY SECRET everything|itself
 *     AUTH: none md5 sha1 sha224 sha256 sha384 sha512; PRIVACY: none des aes
 */
#include "scanner/protocol/walk.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 65535
#define TIMEOUT_MS 1000

static size_t place_of(const char *text, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		if (strcmp(list[i], text) == 0)
			return i;
	fprintf(stderr, "what is %s?\n", text);
	exit(2);
}

static struct login login_of(char **words)
{
	static const char *const auths[] = {
		"none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", NULL};
	static const char *const privacies[] = {"none", "des", "aes", NULL};
	struct login login = {
		.kind = strcmp(words[0], "3") == 0 ? LOGIN_USER : LOGIN_COMMUNITY};

	snprintf(login.name, sizeof(login.name), "%s", words[1]);
	if (login.kind == LOGIN_COMMUNITY)
		return login;
	login.auth = place_of(words[2], auths);
	snprintf(login.auth_secret, sizeof(login.auth_secret), "%s", words[3]);
	login.privacy = place_of(words[4], privacies);
	snprintf(login.privacy_secret, sizeof(login.privacy_secret), "%s", words[5]);
	return login;
}

/* The largest answer, and how many requests it took. */
static size_t converse(struct walk *walk, int fd, unsigned int *ret_asked)
{
	static uint8_t answer[ANSWER_MAX];
	uint8_t request[WALK_DATAGRAM_MAX];
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	size_t n, largest = 0;

	for (*ret_asked = 0; (n = walk_next(walk, request)) > 0; ++*ret_asked) {
		bool heard = false;

		if (send(fd, request, n, 0) < 0)
			perror("send");
		while (!heard && poll(&waiting, 1, TIMEOUT_MS) > 0) {
			ssize_t size = recv(fd, answer, sizeof(answer), 0);

			if (size < 0)
				break;
			largest = (size_t)size > largest ? (size_t)size : largest;
			heard = walk_hear(walk, answer, (size_t)size);
		}
		if (!heard)
			walk_silence(walk);
	}
	return largest;
}

static void print_reading(const struct walk *walk)
{
	static struct reading reading;

	walk_describe(walk, &reading);
	for (size_t i = 0; i < reading.n_attributes; i++)
		printf("%s=%s\n", reading.attributes[i].name, reading.attributes[i].value);
	for (size_t i = 0; i < reading.n_keys; i++)
		printf("key %s=%s\n", reading.keys[i].name, reading.keys[i].value);
}

static void print_tables(const struct walk *walk)
{
	const struct walk_tables t = walk_tables(walk);
	char addr[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	for (size_t i = 0; i < t.n_interfaces; i++)
		printf("interface %u %s %s\n", t.interfaces[i].index, t.interfaces[i].name,
			mac_format(&t.interfaces[i].mac, mac));
	for (size_t i = 0; i < t.n_addresses; i++)
		printf("address %u %s\n", t.addresses[i].index,
			addr_format(&t.addresses[i].addr, addr));
	for (size_t i = 0; i < t.n_arps; i++)
		printf("arp %u %s %s\n", t.arps[i].index, addr_format(&t.arps[i].addr, addr),
			mac_format(&t.arps[i].mac, mac));
	for (size_t i = 0; i < t.n_stations; i++)
		printf("station %u %u %s\n", t.stations[i].index, t.stations[i].vlan,
			mac_format(&t.stations[i].mac, mac));
	for (size_t i = 0; i < t.n_neighbours; i++)
		printf("neighbour %s %s %s %s %s %s\n", t.neighbours[i].cdp ? "cdp" : "lldp",
			t.neighbours[i].port, mac_format(&t.neighbours[i].chassis, mac),
			addr_format(&t.neighbours[i].addr, addr), t.neighbours[i].name,
			t.neighbours[i].peer_port);
}

int main(int argc, char **argv)
{
	static const char *const states[] = {"asking", "read", "cut", "silent", "refused"};
	static const char *const extents[] = {"itself", "everything", NULL};
	_cleanup_(walk_freep) struct walk *walk = NULL;
	_cleanup_(cleanup_closep) int fd = -1;
	struct sockaddr_storage peer;
	struct error err = {0};
	struct addr addr;
	struct login login;
	unsigned int asked;
	socklen_t length;
	size_t largest;

	if (argc != 6 && argc != 10) {
		fprintf(stderr, "usage: see the source\n");
		return 2;
	}
	login = login_of(argv + 3);
	if (protocols_prepare(&err) < 0 || addr_parse(argv[1], &addr, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	length = addr_to_sockaddr(&addr, (uint16_t)atoi(argv[2]), &peer);
	fd = socket(peer.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	walk = walk_new(
		&login, place_of(argv[argc - 1], extents) == 1, (uint64_t)getpid() << 20);
	if (fd < 0 || connect(fd, (struct sockaddr *)&peer, length) < 0 || !walk) {
		perror("walk");
		return 2;
	}
	largest = converse(walk, fd, &asked);
	printf("state=%s\nasked=%u\nlargest=%zu\n", states[walk_state(walk)], asked, largest);
	print_reading(walk);
	print_tables(walk);
	return 0;
}
