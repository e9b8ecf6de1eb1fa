/* SPDX-License-Identifier: Apache-2.0 */
/* Two questions over generic netlink(7); see netdev.h. The kernel writes in host byte order. */
#include "scanner/link/netdev.h"

#include "common/cleanup.h"
#include "common/cursor.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 8192

enum { /* linux/netdev.h, which Debian 12 does not have */
	CMD_DEV_GET = 1,
	ATTR_IFINDEX = 1,
	ATTR_XDP_FEATURES = 3
};

/* A request with one attribute. */
struct request {
	struct nlmsghdr head;
	struct genlmsghdr family;
	struct nlattr attribute;
	uint8_t value[16];
};

static void request_init(struct request *r, uint16_t type, uint8_t command, uint16_t attribute,
	const void *value, size_t size)
{
	*r = (struct request){.head = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST},
		.family = {.cmd = command, .version = 1},
		.attribute = {(uint16_t)(sizeof(r->attribute) + size), attribute}};
	memcpy(r->value, value, size);
	r->head.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + GENL_HDRLEN + sizeof(r->attribute) +
				       NLMSG_ALIGN(size));
}

/* The attribute of an answer; empty if it is not there, or there was no answer. */
static struct cursor find(const uint8_t *answer, size_t n, uint16_t attribute)
{
	struct cursor c = cursor_of(answer, n);
	struct nlmsghdr head;

	if (n < NLMSG_HDRLEN + GENL_HDRLEN)
		return cursor_of(answer, 0);
	memcpy(&head, answer, sizeof(head));
	if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_len > n)
		return cursor_of(answer, 0);
	c = cursor_of(answer, head.nlmsg_len);
	cursor_skip(&c, NLMSG_HDRLEN + GENL_HDRLEN);
	while (cursor_left(&c) >= sizeof(struct nlattr)) {
		size_t left = cursor_left(&c), step;
		struct nlattr row;

		memcpy(&row, cursor_rest(&c), sizeof(row));
		if (row.nla_len < sizeof(row) || row.nla_len > left)
			break;
		if ((row.nla_type & NLA_TYPE_MASK) == attribute)
			return cursor_of(cursor_rest(&c) + sizeof(row),
				(size_t)row.nla_len - sizeof(row));
		step = (size_t)NLA_ALIGN(row.nla_len);
		cursor_skip(&c, step < left ? step : left);
	}
	return cursor_of(answer, 0);
}

/* Asks, and copies the attribute of the answer. False: no such answer. */
static bool ask(
	int fd, const struct request *request, uint16_t attribute, void *ret, size_t size)
{
	uint8_t answer[ANSWER_MAX];
	struct cursor value;
	const uint8_t *bytes;
	ssize_t n;

	if (send(fd, request, request->head.nlmsg_len, 0) < 0)
		return false;
	n = recv(fd, answer, sizeof(answer), 0);
	if (n <= 0)
		return false;
	value = find(answer, (size_t)n, attribute);
	bytes = cursor_bytes(&value, size);
	if (bytes)
		memcpy(ret, bytes, size);
	return bytes != NULL;
}

int netdev_xdp_features(unsigned int ifindex, uint64_t *ret_features, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	static const char name[] = "netdev";
	uint32_t index = ifindex;
	struct request request;
	uint16_t family = 0;

	if (fd < 0)
		return error_errno(reterr, ERROR_NETWORK, errno, "cannot ask for interfaces");
	request_init(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, name,
		sizeof(name));
	if (!ask(fd, &request, CTRL_ATTR_FAMILY_ID, &family, sizeof(family)))
		return error_set(reterr, ERROR_NETWORK,
			"this kernel does not say what its interfaces can do (Linux 6.3 does)");
	request_init(&request, family, CMD_DEV_GET, ATTR_IFINDEX, &index, sizeof(index));
	if (!ask(fd, &request, ATTR_XDP_FEATURES, ret_features, sizeof(*ret_features)))
		return error_set(reterr, ERROR_NETWORK,
			"the kernel does not say what interface number %u can do", ifindex);
	return 0;
}
