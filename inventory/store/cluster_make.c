/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the private cluster: initdb aside, configuration, publication by rename, so that a
 * crash half-way leaves nothing that looks whole. Settings are crash-safe: fsync, full page
 * writes and checksums stay on.
 */
#include "inventory/store/cluster_internal.h"

#include "common/file.h"
#include "common/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the server's own cache, in megabytes. */
#define BUFFERS_MIN 128
#define BUFFERS_MAX 1024

static int write_text(const char *path, int flags, const char *text, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	int r;

	if (fd < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
	r = file_write_all(fd, text, strlen(text), reterr);
	return r < 0 ? error_wrap(reterr, r, "\"%s\"", path) : 0;
}

static int write_file(const struct cluster *cluster, const char *directory, const char *name,
	const char *text, struct error *reterr)
{
	char path[CLUSTER_PATH_MAX + 64];
	int r;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	r = write_text(path, O_TRUNC, text, reterr);
	if (r < 0)
		return r;
	if (cluster->owner.drop && chown(path, cluster->owner.uid, cluster->owner.gid) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot hand over \"%s\"", path);
	return 0;
}

/* Bytes of the files in a directory and in those that it holds. */
static off_t size_of(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;
	off_t size = 0;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			size += st.st_size;
		else if (S_ISDIR(st.st_mode) && depth > 1)
			size += size_of(fd, entry->d_name, depth - 1);
	}
	if (dir)
		closedir(dir);
	return size;
}

/* Bytes that processes here may have: the machine's memory, or what a container leaves of
 * it. */
static off_t memory(void)
{
	off_t all = (off_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	_cleanup_(str_done) struct str text = STR_INIT(64);
	unsigned long long limit;

	if (file_read("/sys/fs/cgroup/memory.max", 32, &text, NULL) < 0 ||
		sscanf(text.data, "%llu", &limit) != 1) /* "max" too */
		return all;
	return limit < (unsigned long long)all ? (off_t)limit : all;
}

/* Megabytes of the server's own cache: a quarter of what it holds, but not more than a
 * sixteenth of the memory. A small register is started sooner with few. */
static int buffers(const struct cluster *cluster)
{
	char path[CLUSTER_PATH_MAX + 32];
	off_t most = memory() / 16 >> 20, size;

	snprintf(path, sizeof(path), "%s/base", cluster->data);
	size = size_of(AT_FDCWD, path, 2) / 4 >> 20;
	most = most < BUFFERS_MAX ? most : BUFFERS_MAX;
	size = size < most ? size : most;
	return (int)(size > BUFFERS_MIN ? size : BUFFERS_MIN);
}

int cluster_configure(struct cluster *cluster, struct error *reterr)
{
	char text[CLUSTER_PATH_MAX + 1024];
	int r;

	snprintf(text, sizeof(text),
		"# Written by cadastre at each start.\n"
		"listen_addresses = ''\n"
		"port = 5432\n"
		"unix_socket_directories = '%s'\n"
		"unix_socket_permissions = 0700\n"
		"max_connections = 20\n"
		"shared_buffers = %dMB\n"
		"work_mem = 32MB\n"
		"maintenance_work_mem = 128MB\n"
		"wal_level = minimal\n"
		"max_wal_senders = 0\n"
		"wal_compression = lz4\n"
		"max_wal_size = 1GB\n"
		"checkpoint_timeout = 15min\n"
		"jit = off\n"
		"shared_preload_libraries = 'plpgsql'\n"
		"timezone = 'UTC'\n"
		"log_timezone = 'UTC'\n"
		"log_min_messages = warning\n"
		"log_error_verbosity = terse\n"
		"log_min_error_statement = panic\n",
		cluster->socket, buffers(cluster));
	r = write_file(cluster, cluster->data, "cadastre.conf", text, reterr);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text),
		"# Written by cadastre at each start: system user -> database user.\n"
		"cadastre %s cadastre\n"
		"cadastre root cadastre\n",
		cluster->owner.name);
	r = write_file(cluster, cluster->data, "pg_ident.conf", text, reterr);
	if (r < 0)
		return r;
	return write_file(cluster, cluster->data, "pg_hba.conf",
		"# Written by cadastre at each start.\nlocal all all peer map=cadastre\n",
		reterr);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* What an interrupted attempt left; it was never used. */
static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int run_initdb(struct cluster *cluster, const char *directory, struct error *reterr)
{
	char program[PROGRAM_PATH_MAX];
	const char *const argv[] = {program, "-D", directory, "-U", "cadastre", "--locale=C",
		"--encoding=UTF8", "--data-checksums", "--auth=peer", NULL};
	const struct process process = {.argv = argv, .owner = &cluster->owner};
	int r = program_find("initdb", 0, program, reterr);

	if (r < 0)
		return r;
	r = process_run(&process, reterr);
	if (r < 0)
		return error_wrap(reterr, ERROR_DATABASE,
			"cannot make the private database in \"%s\" as user %s (that user must "
			"be able to reach the directory, and the disk must have 100 MB free)",
			cluster->directory, cluster->owner.name);
	return 0;
}

static int make(struct cluster *cluster, struct error *reterr)
{
	char aside[CLUSTER_PATH_MAX + 16], config[CLUSTER_PATH_MAX + 48];
	int r;

	snprintf(aside, sizeof(aside), "%s/postgres.new", cluster->directory);
	remove_tree(aside);
	if (mkdir(aside, 0700) < 0 || (cluster->owner.drop && lchown(aside, cluster->owner.uid,
								      cluster->owner.gid) < 0))
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot make directory \"%s\"", aside);
	r = run_initdb(cluster, aside, reterr);
	if (r == 0) {
		snprintf(config, sizeof(config), "%s/postgresql.conf", aside);
		r = write_text(config, O_APPEND, "include 'cadastre.conf'\n", reterr);
	}
	if (r == 0 && rename(aside, cluster->data) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot rename \"%s\"", aside);
	if (r < 0)
		remove_tree(aside);
	return r;
}

/* The major version the data was made by; 0 if there is no data. */
static int data_version(const struct cluster *cluster, int *ret_major, struct error *reterr)
{
	char path[CLUSTER_PATH_MAX + 32];
	_cleanup_(cleanup_fclosep) FILE *f = NULL;

	*ret_major = 0;
	if (access(cluster->data, F_OK) < 0 && errno == ENOENT)
		return 0;
	snprintf(path, sizeof(path), "%s/PG_VERSION", cluster->data);
	f = fopen(path, "re");
	if (!f)
		return error_errno(reterr, ERROR_DATABASE, errno,
			"cannot read \"%s\"; \"%s\" is no private database of ours", path,
			cluster->data);
	if (fscanf(f, "%d", ret_major) != 1 || *ret_major <= 0)
		return error_set(
			reterr, ERROR_DATABASE, "\"%s\" holds no version number", path);
	return 0;
}

int cluster_make(struct cluster *cluster, struct error *reterr)
{
	int major, r = data_version(cluster, &major, reterr);

	if (r < 0)
		return r;
	if (!major) {
		r = make(cluster, reterr);
		if (r < 0)
			return r;
		r = data_version(cluster, &major, reterr);
		if (r < 0)
			return r;
	}
	r = program_find("postgres", major, cluster->postgres, reterr);
	if (r < 0)
		return error_wrap(reterr, ERROR_DATABASE,
			"the private database in \"%s\" was made by PostgreSQL %d (to move to another "
			"version: back it up with the old one, restore into a new directory)",
			cluster->directory, major);
	return 0;
}
