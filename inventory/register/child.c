/* SPDX-License-Identifier: Apache-2.0 */
/* The process in which a register is parsed; see transfer.h. */
#include "inventory/register/transfer.h"

#include "common/confine/process.h"
#include "common/csv.h"
#include "inventory/inventory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_MORE UINT32_MAX /* instead of a size: that was all */

/* ---- in there --------------------------------------------------------------------------- */

/* One file of those that are sent: 1 after the last; ERROR_INTERNAL if the sender gave up. */
static int next_file(
	struct register_reader *reader, FILE *in, const char **ret_path, struct str *bytes)
{
	uint32_t sizes[3];
	char chunk[65536], *path, *shown;

	if (fread(sizes, sizeof(sizes), 1, in) != 1)
		return ERROR_INTERNAL;
	if (sizes[0] == NO_MORE)
		return 1;
	path = arena_alloc(reader->doc->arena, sizes[0] + 1);
	shown = arena_alloc(reader->doc->arena, sizes[1] + 1);
	if (!path || !shown || fread(path, 1, sizes[0], in) != sizes[0] ||
		fread(shown, 1, sizes[1], in) != sizes[1])
		return ERROR_INTERNAL;
	*ret_path = path;
	reader->file = shown;
	str_reset(bytes);
	for (size_t n = sizes[2], part; n; n -= part) {
		part = fread(chunk, 1, n < sizeof(chunk) ? n : sizeof(chunk), in);
		if (part == 0)
			return ERROR_INTERNAL;
		str_add(bytes, chunk, part);
	}
	return bytes->failed ? error_set(reader->reterr, ERROR_SYSTEM,
				       "%s: no memory for the register", reader->file)
			     : 0;
}

static int parse_all(struct register_reader *reader, FILE *in, const char *encoding,
	const char **files, size_t *ret_n)
{
	struct str bytes = STR_INIT(SAFEXML_REGISTER_MAX + 1);
	const char *path;
	int r;

	while ((r = next_file(reader, in, &path, &bytes)) == 0 && *ret_n < REGISTER_FILES_MAX) {
		files[(*ret_n)++] = reader->file;
		r = register_read_bytes(reader, path, encoding, &bytes);
		if (r < 0)
			break;
	}
	str_done(&bytes);
	return r < 0 ? r : register_finish(reader);
}

/* Never returns. */
static void parse(int in, int out, struct register_reader *reader, const char *encoding)
{
	const char *files[REGISTER_FILES_MAX];
	struct error error = {0};
	FILE *input, *output;
	size_t n = 0;
	int r;

	csv_prepare();
	inventory_forget(reader->inv);
	if (confine_process(in, out, REGISTER_CPU_SECONDS, REGISTER_MEMORY_MAX) < 0)
		_exit(CONFINE_REFUSED);
	input = fdopen(0, "r");
	output = fdopen(1, "w");
	if (!input || !output)
		_exit(1);
	reader->reterr = &error;
	r = parse_all(reader, input, encoding, files, &n);
	register_answer_write(output, r, &error, reader->doc, files, n);
	_exit(fflush(output) != 0);
}

/* ---- out here --------------------------------------------------------------------------- */

int register_child_start(struct register_child *child, struct register_reader *reader,
	const char *encoding, struct error *reterr)
{
	int in[2], out[2];

	*child = (struct register_child){.pid = -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "no socket to the reader");
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return error_errno(reterr, ERROR_SYSTEM, errno, "no pipe from the reader");
	}
	child->pid = fork();
	if (child->pid == 0)
		parse(in[1], out[1], reader, encoding);
	close(in[1]);
	close(out[1]);
	child->to = in[0];
	child->from = out[0];
	if (child->pid < 0) {
		close(in[0]);
		close(out[0]);
		return error_errno(reterr, ERROR_SYSTEM, errno, "no process for the reader");
	}
	return 0;
}

static int send_all(const struct register_child *child, const void *bytes, size_t n)
{
	for (const char *p = bytes; n;) {
		ssize_t sent = send(child->to, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return 1;
		p += sent;
		n -= (size_t)sent;
	}
	return 0;
}

int register_child_send(struct register_child *child, const char *path, const char *shown,
	const struct str *bytes, struct error *reterr)
{
	const uint32_t sizes[3] = {
		(uint32_t)strlen(path), (uint32_t)strlen(shown), (uint32_t)bytes->len};

	if (child->n_files == REGISTER_FILES_MAX)
		return error_set(reterr, ERROR_INTERNAL, "a register of too many files");
	child->files[child->n_files++] = shown;
	return send_all(child, sizes, sizeof(sizes)) || send_all(child, path, sizes[0]) ||
	       send_all(child, shown, sizes[1]) || send_all(child, bytes->data, bytes->len);
}

int register_child_end(struct register_child *child, struct register_document *doc, bool wanted,
	struct error *reterr)
{
	struct error error = {0};
	FILE *in = fdopen(child->from, "r");
	int status = 0, r = ERROR_INTERNAL;

	if (wanted)
		send_all(child, (const uint32_t[3]){NO_MORE}, 3 * sizeof(uint32_t));
	close(child->to);
	if (in)
		r = register_answer_read(in, doc, child->files, child->n_files, &error);
	if (in)
		fclose(in);
	else
		close(child->from);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!wanted && !(r < 0 && error.text[0]))
		return 0;
	if (r < 0 && error.text[0])
		return error_set(reterr, r, "%s", error.text);
	return r < 0 ? confine_ended(status, doc->file, REGISTER_CPU_SECONDS,
		REGISTER_MEMORY_MAX, reterr) : 0;
}
