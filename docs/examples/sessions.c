/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library that counts its open sessions when cprofalloc is there, and is none the worse when it
 * is not: the functions are declared weak, and the library is linked without -lcprofalloc.
 *
 *	cc -g sessions.c -o sessions
 *	./sessions
 *	LD_PRELOAD=libcprofalloc.so CPROFALLOC=dir=prof ./sessions
 *	go tool pprof -top prof/sessions.*.mylib+sessions.pb.gz
 *
 * The sessions of each tenant carry a label: go tool pprof -tags shows them apart.
 */
#include <cprofalloc.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#pragma weak cprof_profile_new
#pragma weak cprof_profile_add
#pragma weak cprof_profile_remove
#pragma weak cprof_label_push
#pragma weak cprof_label_pop

/* The library. */

struct session {
	int user;
};

static cprof_profile *profile; /* NULL where there is no profiler: then the calls do nothing */

static void find_profile(void)
{
	if (cprof_profile_new)
		(void)cprof_profile_new("mylib/sessions", &profile);
}

__attribute__((noinline)) struct session *session_open(int user)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct session *session = malloc(sizeof(*session));

	pthread_once(&once, find_profile);
	if (!session)
		return NULL;
	session->user = user;
	/* 1: the stack begins with our caller. */
	if (profile)
		(void)cprof_profile_add(profile, session, 1);
	return session;
}

void session_close(struct session *session)
{
	if (profile)
		(void)cprof_profile_remove(profile, session);
	free(session);
}

/* A program that uses it, and forgets to close what went wrong. */

__attribute__((noinline)) static int handle_request(int number)
{
	struct session *session = session_open(number);

	if (!session || number % 10 == 0)
		return 0;
	session_close(session);
	return 1;
}

int main(void)
{
	static const char *const tenants[] = {"red", "green"};
	int served = 0;

	for (int i = 0; i < 200; i++) {
		int mark = cprof_label_push ? cprof_label_push("tenant", tenants[i % 40 == 0]) : 0;

		served += handle_request(i);
		if (cprof_label_pop)
			(void)cprof_label_pop(mark);
	}
	printf("sessions: served %d\n", served);
	return 0;
}
