/* SPDX-License-Identifier: Apache-2.0 */
/* What cluster.c and cluster_make.c share. */
#ifndef INVENTORY_STORE_CLUSTER_INTERNAL_H
#define INVENTORY_STORE_CLUSTER_INTERNAL_H

#include "inventory/store/cluster.h"
#include "inventory/store/process.h"

#define CLUSTER_PATH_MAX 1024

struct cluster {
	struct owner owner;
	char directory[CLUSTER_PATH_MAX];
	char data[CLUSTER_PATH_MAX + 16], log[CLUSTER_PATH_MAX + 16];
	char socket[CLUSTER_PATH_MAX + 16];
	char postgres[PROGRAM_PATH_MAX]; /* the server program that fits the data */
	int engine_fd, users_fd;
	bool in_use;
	pid_t child; /* the server, if this process started it */
};

/* Makes the data directory if there is none, and finds the server program that fits it. */
int cluster_make(struct cluster *cluster, struct error *reterr);
/* Writes the configuration files; before each start. */
int cluster_configure(struct cluster *cluster, struct error *reterr);

#endif
