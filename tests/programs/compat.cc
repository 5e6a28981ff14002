/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the compatibility tests look at: known allocations, threads, waits. Served over HTTP, it does
 * as it is told on standard input and answers each command with one line, "COMMAND RESULT".
 *
 *   leak COUNT BYTES      by leak_site, and by library_site of the shared library
 *   plan                  by kept_site 10 of 1000 bytes; by freed_site 7 of 500, all freed; by
 *                         half_site 20 of 300, of which 8 are freed
 *   inline, cxx           one block each by an inlined function, by a method, a template, a lambda
 *   labels                two blocks of 1000 bytes under worker=purge, one by a new thread; one of
 *                         500 under worker=serve
 *   as 0 NAME             what follows is done under worker=NAME, also by the threads that it starts
 *   deep COUNT            one block of 100 bytes from each of the depths 1 to COUNT
 *   tree BITS             one of 16 bytes from each of 2^BITS stacks
 *   mix ROUNDS            1e6 of 16 bytes, 1e5 of 1 KiB, 100 of 1 MiB each time, all freed
 *   open, close COUNT     things in the profile blobstore.Open, the oldest are closed
 *   again                 adds one that is there
 *   hold                  one holds a mutex for a second, five wait
 *   contend COUNT         two threads wait for each other so often, shortly; the result is the sum of
 *                         all waits in ns, as they measure them
 *   held, spread          the same of what they waited until the unlock; the root of the squares' sum
 *   spin, rest, pingpong COUNT   threads that compute, sleep, hand a mutex to each other; for ever
 *   short COUNT FILE      threads of 3 ms of CPU time; their CPU profile
 *
 * Not here: what is expected (tests/integration/compat*.bats).
 */
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cprofalloc.h>

#define NOINLINE __attribute__((noinline, noclone))
#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")

extern "C" void *library_site(size_t size_bytes);

static uint64_t now_ns(clockid_t clock)
{
	timespec now;

	clock_gettime(clock, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

static void start(long count, void *(*run)(void *), std::vector<pthread_t> *threads = nullptr)
{
	pthread_t thread;

	while (count-- > 0) {
		if (pthread_create(&thread, nullptr, run, nullptr))
			abort();
		if (threads)
			threads->push_back(thread);
	}
}

static void join(const std::vector<pthread_t> &threads)
{
	for (pthread_t thread : threads)
		pthread_join(thread, nullptr);
}

/* Allocations. The names are those of C functions, so that every reader shows them alike. */
#define SITE(name)                                                                                 \
	extern "C" NOINLINE void *name(size_t size_bytes)                                          \
	{                                                                                          \
		void *ptr = malloc(size_bytes);                                                    \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}

SITE(kept_site)
SITE(freed_site)
SITE(half_site)
SITE(labelled_site)
SITE(small_site)
SITE(middle_site)
SITE(large_site)

extern "C" NOINLINE void *leak_site(size_t size_bytes)
{
	void *ptr = malloc(size_bytes); /* the leak */

	KEEP(ptr);
	return ptr;
}

static long leak(long count, size_t size_bytes)
{
	for (long i = 0; i < count; i++) {
		leak_site(size_bytes);
		library_site(size_bytes);
	}
	return 0;
}

static long plan()
{
	for (int i = 0; i < 10; i++)
		kept_site(1000);
	for (int i = 0; i < 7; i++)
		free(freed_site(500));
	for (int i = 0; i < 20; i++) {
		void *ptr = half_site(300);

		if (i < 8)
			free(ptr);
	}
	return 0;
}

static inline __attribute__((always_inline)) void *inlined_site(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);

	KEEP(ptr);
	return ptr;
}

extern "C" NOINLINE void *inlining_site(size_t size_bytes)
{
	void *ptr = inlined_site(size_bytes);

	KEEP(ptr);
	return ptr;
}

namespace ns
{
struct Class {
	NOINLINE void method()
	{
		char *ptr = new char[3001];
		KEEP(ptr);
	}
};

template <typename Item> NOINLINE void make()
{
	Item *ptr = new Item;
	KEEP(ptr);
}
}

struct Item {
	char bytes[5003];
};

static long cxx()
{
	ns::Class object;
	auto lambda = [](size_t size_bytes) NOINLINE {
		void *ptr = operator new(size_bytes);
		KEEP(ptr);
	};

	object.method();
	ns::make<Item>();
	lambda(7001);
	return 0;
}

static void *allocates(void *unused)
{
	labelled_site(1000);
	return unused;
}

static long labels()
{
	std::vector<pthread_t> threads;
	int mark = cprof_label_push("worker", "purge");

	labelled_site(1000);
	start(1, allocates, &threads);
	join(threads);
	cprof_label_pop(mark);
	mark = cprof_label_push("worker", "serve");
	labelled_site(500);
	return cprof_label_pop(mark);
}

extern "C" NOINLINE void deep_site(long levels)
{
	void *ptr = levels > 1 ? nullptr : malloc(100);

	if (levels > 1)
		deep_site(levels - 1);
	KEEP(ptr);
}

/* A stack of its own for each path of bits. */
extern "C" NOINLINE void tree_site(long bits, long path)
{
	void *ptr = bits ? nullptr : malloc(16);

	if (bits && path & 1) {
		tree_site(bits - 1, path >> 1);
		__asm__ volatile("# one call");
	} else if (bits) {
		tree_site(bits - 1, path >> 1);
		__asm__ volatile("# another one");
	}
	KEEP(ptr);
}

static long mix(long rounds)
{
	while (rounds-- > 0) {
		for (int i = 0; i < 1000000; i++)
			free(small_site(16));
		for (int i = 0; i < 100000; i++)
			free(middle_site(1024));
		for (int i = 0; i < 100; i++)
			free(large_site(1 << 20));
	}
	return 0;
}

/* Things of the program's own. */

static cprof_profile *blobs;
static char things[1000];
static long opened, closed;

extern "C" NOINLINE int blob_open()
{
	return cprof_profile_add(blobs, &things[opened++], 1);
}

extern "C" NOINLINE void read_blob()
{
	int error = blob_open();

	KEEP(error);
}

/* Waits. */

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static std::atomic<long> left, waiting, turns;
/* Under the mutex: the sum of all waits; of what is in them before the unlock; the squares of that. */
static uint64_t waited_ns, held_up_ns, unlocked_ns;
static double squares;

extern "C" NOINLINE void *wait_site(void *unused)
{
	pthread_mutex_lock(&table);
	KEEP(unused);
	pthread_mutex_unlock(&table);
	return unused;
}

extern "C" NOINLINE void unlock_site()
{
	int error = pthread_mutex_unlock(&table);

	KEEP(error);
}

static long hold()
{
	std::vector<pthread_t> threads;
	timespec second = {1, 0};

	pthread_mutex_lock(&table);
	start(5, wait_site, &threads);
	nanosleep(&second, nullptr);
	unlock_site();
	join(threads);
	return 0;
}

/* Whoever has the mutex keeps it until the other one waits, and takes it again after he has had it. */
extern "C" NOINLINE void contend_site()
{
	uint64_t begin_ns = now_ns(CLOCK_MONOTONIC), end_ns, held_ns;
	long turn;

	waiting++;
	pthread_mutex_lock(&table);
	waiting--;
	turn = ++turns;
	end_ns = now_ns(CLOCK_MONOTONIC);
	held_ns = unlocked_ns > begin_ns ? unlocked_ns - begin_ns : 0;
	waited_ns += end_ns - begin_ns;
	held_up_ns += held_ns;
	squares += static_cast<double>(held_ns) * static_cast<double>(held_ns);
	while (!waiting && left > 0)
		sched_yield();
	for (end_ns = now_ns(CLOCK_MONOTONIC) + 20000; now_ns(CLOCK_MONOTONIC) < end_ns;)
		;
	unlocked_ns = now_ns(CLOCK_MONOTONIC);
	unlock_site();
	while (waiting && turns == turn)
		sched_yield();
}

static void *contends(void *unused)
{
	while (left-- > 0)
		contend_site();
	return unused;
}

static long contend(long count)
{
	std::vector<pthread_t> threads;

	left = count;
	start(2, contends, &threads);
	join(threads);
	return static_cast<long>(waited_ns);
}

extern "C" NOINLINE void pingpong_site()
{
	pthread_mutex_lock(&table);
	__asm__ volatile("" : : : "memory");
	pthread_mutex_unlock(&table);
}

static void *plays(void *unused)
{
	for (;;)
		pingpong_site();
	return unused;
}

/* CPU time. */

static inline __attribute__((always_inline)) void work(int rounds)
{
	while (rounds-- > 0)
		__asm__ volatile("" : : : "memory");
}

extern "C" NOINLINE void hot_site()
{
	work(8000);
}

extern "C" NOINLINE void cold_site()
{
	work(2000);
}

static void *spins(void *unused)
{
	for (;;) {
		hot_site();
		cold_site();
	}
	return unused;
}

extern "C" NOINLINE void *rest_site(void *unused)
{
	for (;;)
		pause();
	return unused;
}

extern "C" NOINLINE void *short_site(void *unused)
{
	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < 3000000)
		work(1000);
	return unused;
}

static long short_lives(long count, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int error = cprof_cpu_start(100);

	for (long i = 0; i < count && !error; i++) {
		std::vector<pthread_t> threads;

		start(1, short_site, &threads);
		join(threads);
	}
	cprof_cpu_stop();
	error = error ? error : cprof_write("cpu", fd, 0);
	close(fd);
	return error;
}

static long obey(const char *command, long number, const char *word)
{
	if (!strcmp(command, "leak"))
		return leak(number, strtoull(word, nullptr, 10));
	if (!strcmp(command, "plan"))
		return plan();
	if (!strcmp(command, "inline"))
		return inlining_site(2003) ? 0 : -1;
	if (!strcmp(command, "cxx"))
		return cxx();
	if (!strcmp(command, "labels"))
		return labels();
	if (!strcmp(command, "as"))
		return cprof_label_push("worker", word) < 0;
	if (!strcmp(command, "mix"))
		return mix(number);
	if (!strcmp(command, "hold"))
		return hold();
	if (!strcmp(command, "contend"))
		return contend(number);
	if (!strcmp(command, "held"))
		return static_cast<long>(held_up_ns);
	if (!strcmp(command, "spread"))
		return static_cast<long>(sqrt(squares));
	if (!strcmp(command, "short"))
		return short_lives(number, word);
	if (!strcmp(command, "again"))
		return cprof_profile_add(blobs, &things[closed], 0);
	if (!strcmp(command, "deep"))
		for (long i = 1; i <= number; i++)
			deep_site(i);
	else if (!strcmp(command, "tree"))
		for (long i = 0; i < 1 << number; i++)
			tree_site(number, i);
	else if (!strcmp(command, "open"))
		for (long i = 0; i < number; i++)
			read_blob();
	else if (!strcmp(command, "close"))
		for (long i = 0; i < number; i++)
			cprof_profile_remove(blobs, &things[closed++]);
	else
		start(number, !strcmp(command, "spin") ? spins : !strcmp(command, "rest") ? rest_site : plays);
	return 0;
}

int main()
{
	char line[4096], command[64], word[4000];

	setvbuf(stdout, nullptr, _IOLBF, 0);
	if (cprof_profile_new("blobstore.Open", &blobs))
		return 1;
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		long number = 0;

		command[0] = word[0] = '\0';
		sscanf(line, "%63s %ld %3999s", command, &number, word);
		printf("%s %ld\n", command, obey(command, number, word));
	}
	return 0;
}
