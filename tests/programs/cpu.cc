// SPDX-License-Identifier: BSD-2-Clause
// A program that spends CPU time as it is told, for the CPU profile. Prints what the kernel says of its CPU time, where
// that is to be compared.
//
//   cpu spin THREADS SECONDS   so many threads, 80 of 100 in hot(), the rest in cold()
//   cpu short COUNT            so many threads of 3 ms, one after the other
//   cpu sleep                  a thread that only sleeps
//   cpu stacks                 spins at the end of stacks of many kinds
//   cpu calls                  what the calls return
//   cpu signals                SIGPROF of the program's own
//   cpu beside                 a handler on a stack that lies just below a small thread's, a guard between
//   cpu default                a program that sets SIGPROF to its default, and spins
//   cpu stop                   signals on their way when the profile stops
//   cpu fork                   a child that spins, and its parent
//   cpu exec                   becomes `cpu after-exec`, with signals on their way
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cprofalloc.h"

#define NOINLINE __attribute__((noinline))

static volatile uint64_t sink;

static double thread_cpu_s()
{
	timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double process_cpu_s()
{
	rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

extern "C" {

NOINLINE void burn(double seconds)
{
	double end_s = thread_cpu_s() + seconds;

	while (thread_cpu_s() < end_s)
		for (int i = 0; i < 50000; i++)
			sink = sink + (uint64_t)i;
}

NOINLINE void hot(double seconds)
{
	burn(seconds);
	sink = 1;
}

NOINLINE void cold(double seconds)
{
	burn(seconds);
	sink = 2;
}

NOINLINE void mix(double seconds)
{
	for (int i = 0; i < 50; i++) {
		hot(seconds * 0.8 / 50);
		cold(seconds * 0.2 / 50);
	}
}

NOINLINE void short_life()
{
	burn(0.003);
	sink = 3;
}

NOINLINE void sleeper()
{
	usleep(500000);
	sink = 4;
}

NOINLINE void deep(int depth, double seconds)
{
	if (depth > 0)
		deep(depth - 1, seconds);
	else
		burn(seconds);
	sink = 5;
}

static int compare_slowly(const void *a, const void *b)
{
	burn(0.02);
	return *static_cast<const int *>(a) - *static_cast<const int *>(b);
}

NOINLINE void through_qsort()
{
	int numbers[] = {9, 1, 8, 2, 7, 3, 6, 4, 5, 0};

	qsort(numbers, 10, sizeof(numbers[0]), compare_slowly);
	sink = 6;
}

static void on_user_signal(int)
{
	burn(0.5);
	sink = 7;
}

NOINLINE void through_handler()
{
	signal(SIGUSR1, on_user_signal);
	raise(SIGUSR1);
	sink = 8;
}

NOINLINE void in_destructor()
{
	burn(0.5);
	sink = 9;
}

NOINLINE void through_exception()
{
	struct guard {
		~guard()
		{
			in_destructor();
		}
	};

	try {
		guard of_scope;
		throw std::runtime_error("x");
	} catch (const std::exception &) {
		sink = 10;
	}
}

// No frame pointer, and a frame whose size only the unwind tables know.
__attribute__((noinline, optimize("omit-frame-pointer"))) void without_frame_pointer(int bytes)
{
	volatile char room[256];

	room[bytes & 255] = 1;
	burn(0.5);
	sink = (uint64_t)room[bytes & 255];
}

NOINLINE void in_system_calls()
{
	double end_s = thread_cpu_s() + 0.5;

	while (thread_cpu_s() < end_s)
		for (int i = 0; i < 100; i++)
			(void)!write(-1, "", 0);
	sink = 11;
}

NOINLINE void in_malloc()
{
	double end_s = thread_cpu_s() + 0.5;

	while (thread_cpu_s() < end_s)
		for (int i = 0; i < 1000; i++) {
			void *volatile block = malloc((size_t)i);

			free(block);
		}
	sink = 12;
}

} // extern "C"

static void all_stacks()
{
	deep(100, 0.5);
	through_qsort();
	through_handler();
	through_exception();
	without_frame_pointer(7);
	in_system_calls();
	in_malloc();
}

static int spin(int threads, double seconds)
{
	std::vector<std::thread> spinning;

	for (int i = 0; i < threads; i++)
		spinning.emplace_back(mix, seconds);
	for (auto &one : spinning)
		one.join();
	std::printf("%.6f\n", process_cpu_s());
	return 0;
}

static int many_short(int count)
{
	double threads_s = 0;

	for (int i = 0; i < count; i++)
		std::thread([&threads_s] {
			double begin_s = thread_cpu_s();

			short_life();
			threads_s += thread_cpu_s() - begin_s;
		}).join();
	std::printf("%.6f\n", threads_s);
	return 0;
}

static const char *name_of(int result)
{
	switch (-result) {
	case 0:
		return "0";
	case EINVAL:
		return "EINVAL";
	case EBUSY:
		return "EBUSY";
	case EALREADY:
		return "EALREADY";
	default:
		return "another";
	}
}

static int calls()
{
	std::printf("stop when off: %s\n", name_of(cprof_cpu_stop()));
	for (int hz : {0, -1, 1001, INT32_MAX, INT32_MIN})
		std::printf("start %d: %s\n", hz, name_of(cprof_cpu_start(hz)));
	errno = 4711;
	int started = cprof_cpu_start(1);
	int errno_after = errno;
	std::printf("start 1: %s, errno %d\n", name_of(started), errno_after);
	std::printf("start again: %s\n", name_of(cprof_cpu_start(100)));
	std::printf("stop: %s\n", name_of(cprof_cpu_stop()));
	std::printf("stop again: %s\n", name_of(cprof_cpu_stop()));
	for (int i = 0; i < 100; i++) {
		if (cprof_cpu_start(1000) != 0)
			return 1;
		burn(0.002);
		if (cprof_cpu_stop() != 0)
			return 1;
	}
	std::printf("start and stop, 100 times\n");
	return 0;
}

static std::atomic<int> own_signals;

static void on_own(int)
{
	own_signals++;
}

static void on_own_info(int, siginfo_t *info, void *context)
{
	if (info != nullptr && context != nullptr)
		own_signals += 1000;
}

// The program's own handler: there before, set meanwhile, asked for, and there after.
static int signals()
{
	struct sigaction action = {}, now = {};
	itimerval every = {{0, 10000}, {0, 10000}}, off = {};

	signal(SIGPROF, on_own);
	if (cprof_cpu_start(1000) != 0)
		return 1;
	setitimer(ITIMER_PROF, &every, nullptr);
	burn(0.3);
	setitimer(ITIMER_PROF, &off, nullptr);
	raise(SIGPROF);
	std::printf("the handler from before gets its signals, and none of ours: %d\n",
		own_signals >= 5 && own_signals <= 60);
	sigaction(SIGPROF, nullptr, &now);
	std::printf("it is what the program is told: %d\n", now.sa_handler == on_own);
	action.sa_sigaction = on_own_info;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGPROF, &action, &now);
	std::printf("and again: %d\n", now.sa_handler == on_own);
	own_signals = 0;
	raise(SIGPROF);
	std::printf("one with three arguments: %d\n", own_signals == 1000);
	std::printf("signal() returns it: %d\n",
		(void *)signal(SIGPROF, SIG_IGN) == (void *)on_own_info);
	raise(SIGPROF);
	action.sa_handler = on_own;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGPROF, &action, nullptr);
	own_signals = 0;
	raise(SIGPROF);
	sigaction(SIGPROF, nullptr, &now);
	std::printf("once only: %d %d\n", own_signals == 1, now.sa_handler == SIG_DFL);
	signal(SIGPROF, on_own);
	burn(0.1);
	if (cprof_cpu_stop() != 0)
		return 1;
	sigaction(SIGPROF, nullptr, &now);
	std::printf("after the end it is there: %d\n", now.sa_handler == on_own);
	own_signals = 0;
	raise(SIGPROF);
	std::printf("and gets signals: %d\n", own_signals == 1);
	return 0;
}

// | handler's stack | guard | thread's stack |: all of it is shorter than what is copied of a stack.
constexpr size_t handler_bytes = 24 << 10, guard_bytes = 4 << 10, whole_bytes = 64 << 10;

static void *run_beside(void *memory)
{
	stack_t stack = {};
	struct sigaction action = {};

	stack.ss_sp = memory;
	stack.ss_size = handler_bytes;
	sigaltstack(&stack, nullptr);
	action.sa_handler = on_user_signal;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, nullptr);
	raise(SIGUSR1);
	return nullptr;
}

static int beside()
{
	char *memory = static_cast<char *>(mmap(
		nullptr, whole_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *stack = memory + handler_bytes + guard_bytes;
	pthread_attr_t attr;
	pthread_t thread;

	mprotect(memory + handler_bytes, guard_bytes, PROT_NONE);
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, stack, whole_bytes - handler_bytes - guard_bytes);
	if (pthread_create(&thread, &attr, run_beside, memory) != 0)
		return 3;
	pthread_join(thread, nullptr);
	std::puts("alive");
	return 0;
}

static int by_default()
{
	sigset_t all;

	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	burn(0.3);
	// A blocked signal waits; when the profile ends it must not end the program.
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, nullptr);
	burn(0.2);
	(void)cprof_cpu_stop();
	pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
	burn(0.1);
	std::printf("alive\n");
	std::fflush(stdout);
	// Now it is the program's own.
	raise(SIGPROF);
	return 1;
}

static int stops()
{
	std::atomic<bool> done{false};
	std::vector<std::thread> spinning;

	for (int i = 0; i < 4; i++)
		spinning.emplace_back([&done] {
			while (!done)
				burn(0.001);
		});
	for (int i = 0; i < 200; i++) {
		(void)cprof_cpu_start(1000);
		burn(0.004);
		(void)cprof_cpu_stop();
	}
	done = true;
	for (auto &one : spinning)
		one.join();
	std::printf("alive\n");
	return 0;
}

static int forks()
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		burn(0.3);
		std::exit(0);
	}
	hot(0.3);
	waitpid(child, &status, 0);
	std::printf("child %d\n", status);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!std::strcmp(mode, "spin") && argc == 4)
		return spin(std::atoi(argv[2]), std::atof(argv[3]));
	if (!std::strcmp(mode, "short") && argc == 3)
		return many_short(std::atoi(argv[2]));
	if (!std::strcmp(mode, "sleep")) {
		std::thread(sleeper).join();
		return 0;
	}
	if (!std::strcmp(mode, "stacks")) {
		all_stacks();
		std::thread(all_stacks).join();
		return 0;
	}
	if (!std::strcmp(mode, "calls"))
		return calls();
	if (!std::strcmp(mode, "signals"))
		return signals();
	if (!std::strcmp(mode, "beside"))
		return beside();
	if (!std::strcmp(mode, "default"))
		return by_default();
	if (!std::strcmp(mode, "stop"))
		return stops();
	if (!std::strcmp(mode, "fork"))
		return forks();
	if (!std::strcmp(mode, "exec")) {
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, SIGPROF);
		pthread_sigmask(SIG_BLOCK, &one, nullptr);
		burn(0.1);
		unsetenv("LD_PRELOAD");
		execl("/proc/self/exe", argv[0], "after-exec", nullptr);
		return 1;
	}
	if (!std::strcmp(mode, "after-exec")) {
		sigset_t pending;

		sigpending(&pending);
		std::printf("pending after exec: %d\n", sigismember(&pending, SIGPROF));
		return 0;
	}
	return 2;
}
