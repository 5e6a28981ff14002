/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that fork, spawn, exec, close everything, or end in odd ways.
 *
 *   processes MODE     see modes[] at the end
 *
 * An alarm turns a deadlock into a failure. Not here: threads alone (threads.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP(ptr)  __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE   __attribute__((noinline, noclone))
#define FORKS      80
#define THREADS    4
#define WATCHDOG_S 60

static _Atomic int stop;
static const char *self;

NOINLINE void *parent_alloc(size_t size_bytes);
NOINLINE void *parent_alloc(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *child_alloc(size_t size_bytes);
NOINLINE void *child_alloc(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);
	KEEP(ptr);
	return ptr;
}

static void *churn(void *arg)
{
	void *ring[64] = {0};

	for (unsigned i = 0; !atomic_load(&stop); i++) {
		free(ring[i % 64]);
		ring[i % 64] = parent_alloc(1 + i * 7919u % 50000);
	}
	for (int i = 0; i < 64; i++)
		free(ring[i]);
	return arg;
}

/* Work in a child: allocate, free what the parent allocated, make a thread. */
static void child_work(void **inherited, int count)
{
	pthread_t thread;
	void *own[200];

	alarm(WATCHDOG_S);
	for (int i = 0; i < count; i++)
		free(inherited[i]);
	for (int i = 0; i < 200; i++)
		own[i] = child_alloc(101 + (size_t)i * 13);
	for (int i = 0; i < 200; i += 2)
		free(own[i]);
	atomic_store(&stop, 1);
	if (pthread_create(&thread, NULL, churn, NULL) == 0)
		pthread_join(thread, NULL);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/*
 * Forks while other threads allocate; children allocate, free and leave through exit(), which
 * writes their last snapshot.
 */
static int fork_threads(void)
{
	pthread_t threads[THREADS];
	int wrong = 0;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, churn, NULL);
	for (int i = 0; i < FORKS; i++) {
		void *inherited[20];
		pid_t pid;

		for (int j = 0; j < 20; j++)
			inherited[j] = parent_alloc(5000 + (size_t)j);
		pid = fork();
		if (pid == 0) {
			child_work(inherited, 20);
			_exit(7);
		}
		wrong += wait_for(pid) != 7;
		for (int j = 0; j < 20; j++)
			free(inherited[j]);
	}
	atomic_store(&stop, 1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d of %d children went wrong\n", wrong, FORKS);
	return wrong != 0;
}

/* The child's own allocations, and exit() through the library's destructor. */
static int fork_exit(void)
{
	void *inherited[3] = {parent_alloc(100003), parent_alloc(100003), parent_alloc(100003)};
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		free(inherited[0]);
		child_alloc(300007);
		exit(3);
	}
	printf("child %d\n", wait_for(pid));
	return 5;
}

static int fork_nested(void)
{
	for (int depth = 0; depth < 6; depth++) {
		pid_t pid;
		void *ptr = parent_alloc(10007);

		fflush(stdout);
		pid = fork();
		if (pid != 0) {
			int status = wait_for(pid);

			free(ptr);
			return depth == 0 ? status : status + 1;
		}
		alarm(WATCHDOG_S);
	}
	return 1;
}

/* As a server makes itself a daemon: the parent is gone, the child is the server. */
static int daemonize(void)
{
	int ends[2];
	pid_t pid;
	char byte = 0;

	if (pipe(ends))
		return 1;
	pid = fork();
	if (pid == 0) {
		setsid();
		child_alloc(300007);
		(void)!write(ends[1], "x", 1);
		exit(0);
	}
	(void)!read(ends[0], &byte, 1);
	printf("daemon said %c\n", byte);
	wait_for(pid);
	return 0;
}

/* No atfork handler runs for these two. */
static int raw_clone(void)
{
	int wrong = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, churn, NULL);
	for (int i = 0; i < 50; i++) {
		void *ptr = parent_alloc(1000);
		pid_t pid = i % 2 ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)
				  : _Fork();

		if (pid == 0)
			_exit(9);
		wrong += wait_for(pid) != 9;
		free(ptr);
	}
	atomic_store(&stop, 1);
	pthread_join(thread, NULL);
	printf("%d wrong\n", wrong);
	return wrong != 0;
}

/* A child of _Fork in a program of one thread may allocate. */
static int raw_clone_alloc(void)
{
	int wrong = 0;

	for (int i = 0; i < 20; i++) {
		void *ptr = parent_alloc(1000);
		pid_t pid = i % 2 ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)
				  : _Fork();

		if (pid == 0) {
			alarm(WATCHDOG_S);
			free(ptr);
			for (int j = 0; j < 1000; j++)
				free(child_alloc(1 + (size_t)j * 97));
			_exit(9);
		}
		wrong += wait_for(pid) != 9;
		free(ptr);
	}
	printf("%d wrong\n", wrong);
	return wrong != 0;
}

static int vfork_exec(void)
{
	int wrong = 0;

	for (int i = 0; i < 30; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			execl("/bin/sh", "sh", "-c", "exit 4", (char *)NULL);
			_exit(127);
		}
		wrong += wait_for(pid) != 4;
		free(parent_alloc(10007));
	}
	printf("%d wrong\n", wrong);
	return wrong != 0;
}

static int spawn(void)
{
	extern char **environ;
	char *argv[] = {"sh", "-c", "exit 4", NULL};
	int wrong = 0;
	FILE *pipe;
	char line[64] = "";

	for (int i = 0; i < 30; i++) {
		pid_t pid;

		wrong += posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0;
		wrong += wait_for(pid) != 4;
		free(parent_alloc(10007));
	}
	wrong += system("exit 3") != 3 << 8;
	pipe = popen("echo through a pipe", "r");
	wrong += !fgets(line, sizeof(line), pipe);
	pclose(pipe);
	printf("%d wrong, %s", wrong, line);
	return wrong != 0;
}

static int exec_self(void)
{
	free(parent_alloc(100003));
	printf("before\n");
	fflush(stdout);
	execl(self, self, "after_exec", (char *)NULL);
	return 1;
}

static int after_exec(void)
{
	parent_alloc(200003);
	printf("after\n");
	return 6;
}

/*
 * All descriptors: also any that the library may have opened. The program's own files come and go
 * among the low numbers; they stay open, and nobody else writes to them.
 */
static int close_all(void)
{
	int kept = dup(STDOUT_FILENO), wrong = 0;
	char path[] = "mine.XXXXXX";

	parent_alloc(100003);
	for (int fd = 0; fd < 1024; fd++) {
		if (fd != kept)
			close(fd);
	}
	close(mkstemp(path));
	for (int i = 0; i < 20000; i++) {
		int fd = open(path, O_RDWR | O_APPEND), other = open("/dev/null", O_WRONLY);

		free(parent_alloc(1 + (size_t)i * 31 % 100000));
		wrong += write(fd, "x", 1) != 1;
		wrong += write(other, "x", 1) != 1;
		wrong += lseek(fd, 0, SEEK_END) != i + 1;
		wrong += close(fd) != 0;
		wrong += close(other) != 0;
	}
	unlink(path);
	dprintf(kept, "%d wrong\n", wrong);
	close(kept);
	return 8;
}

/* The program's own files take the numbers 0, 1, 2: nothing of ours may land in them. */
static int reuse_stderr(void)
{
	char path[] = "reused.XXXXXX";
	int fd = mkstemp(path);

	close(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	(void)!write(STDERR_FILENO, "mine\n", 5);
	parent_alloc(100003);
	printf("%ld\n", (long)lseek(STDERR_FILENO, 0, SEEK_END));
	unlink(path);
	return 0;
}

static int by_exit(void)
{
	parent_alloc(100003);
	exit(11);
}

static int by__exit(void)
{
	parent_alloc(100003);
	_exit(12);
}

static int by_quick_exit(void)
{
	parent_alloc(100003);
	quick_exit(13);
}

static int by_abort(void)
{
	parent_alloc(100003);
	abort();
}

static int by_segv(void)
{
	volatile int *nowhere = NULL;

	parent_alloc(100003);
	return *nowhere;
}

static void at_exit(void)
{
	for (int i = 0; i < 100; i++)
		free(parent_alloc(1 + (size_t)i * 997));
	printf("at exit\n");
}

static int by_atexit(void)
{
	atexit(at_exit);
	return 14;
}

static void *leaves_last(void *arg)
{
	for (int i = 0; i < 1000; i++)
		free(parent_alloc(997));
	printf("last thread\n");
	return arg;
}

static int by_pthread_exit(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, leaves_last, NULL);
	pthread_exit(NULL);
}

static void *churn_forever(void *arg)
{
	atomic_store(&stop, 0);
	return churn(arg);
}

/* exit() while other threads allocate and free. */
static int by_exit_with_threads(void)
{
	for (int i = 0; i < THREADS; i++) {
		pthread_t thread;

		pthread_create(&thread, NULL, churn_forever, NULL);
	}
	for (int i = 0; i < 20000; i++)
		free(parent_alloc(997));
	exit(15);
}

static const struct {
	const char *name;
	int (*run)(void);
} modes[] = {
	{"fork_threads", fork_threads},
	{"fork_exit", fork_exit},
	{"fork_nested", fork_nested},
	{"daemonize", daemonize},
	{"raw_clone", raw_clone},
	{"raw_clone_alloc", raw_clone_alloc},
	{"vfork_exec", vfork_exec},
	{"spawn", spawn},
	{"exec_self", exec_self},
	{"after_exec", after_exec},
	{"close_all", close_all},
	{"reuse_stderr", reuse_stderr},
	{"exit", by_exit},
	{"_exit", by__exit},
	{"quick_exit", by_quick_exit},
	{"abort", by_abort},
	{"segv", by_segv},
	{"atexit", by_atexit},
	{"pthread_exit", by_pthread_exit},
	{"exit_with_threads", by_exit_with_threads},
};

int main(int argc, char **argv)
{
	self = argv[0];
	alarm(WATCHDOG_S);
	for (size_t i = 0; argc == 2 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run();
	}
	return 2;
}
