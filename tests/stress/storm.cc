/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storm: threads that load and close a library, throw, fork, execute, spawn, exit, allocate,
 * lock and wait, each activity in rounds of its own, while their stacks are written ten times a
 * second.
 *
 *   storm SECONDS LIBRARY DUMP    DUMP: the last dump of threads is left here
 *   storm leaf                    what the storm executes: threads still at work when it exits
 *
 * STORM_LEAF, when set, is CPROFALLOC for the leaves, and what they leave in STORM_LEAF_DIR goes.
 *
 * Runs without the library too, then without dumps. Ends with one line: the rounds of each
 * activity. Status 1: an answer was wrong; 2: an activity stands still, and the line says whether
 * what it waits for is there (a lost wake-up) or not (a hang).
 * Not here: labels and handles among it all (everything.cc), one thing at a time (the bats files).
 */
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <glob.h>
#include <mutex>
#include <pthread.h>
#include <semaphore.h>
#include <shared_mutex>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

/* No activity's round takes so long, whatever else the machine does. */
static const int STILL_S = 60;
static const int TURNS = 100;

static std::atomic<bool> stop, broken;
static const char *library_path, *self_path;
extern char **environ;

/* Neither malloc nor stdio: whoever stands still may hold their locks. */
static void say(const char *format, ...)
{
	char text[300];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)!write(STDOUT_FILENO, text, static_cast<size_t>(length));
}

static void expect(bool what, const char *text)
{
	if (!what && !broken.exchange(true))
		say("wrong: %s\n", text);
}

/* Waiting in turns, once for each kind of wait: side 0 and side 1 alternate. */

static std::atomic<int> turn, waiting[2];

/* The one whose turn it is has not noticed. */
static bool turn_is_waited_for()
{
	return waiting[turn % 2] != 0;
}

static std::mutex turn_mutex;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;

static void take_turns(int side)
{
	for (int i = 0; i < TURNS; i++) {
		std::unique_lock<std::mutex> lock(turn_mutex);
		while (turn % 2 != side) {
			waiting[side] = 1;
			pthread_cond_wait(&turn_changed, turn_mutex.native_handle());
			waiting[side] = 0;
		}
		turn++;
		pthread_cond_signal(&turn_changed);
	}
}

static void condition()
{
	turn = 0;
	std::thread other(take_turns, 1);
	take_turns(0);
	other.join();
	expect(turn == 2 * TURNS, "turns by a condition");
}

static sem_t ping, pong;
static std::atomic<int> ping_waits, pong_waits;

static void take(sem_t *semaphore, std::atomic<int> *waits)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10 * STILL_S;
	*waits = 1;
	while ((*waits % 2 ? sem_wait(semaphore) : sem_timedwait(semaphore, &end)) != 0)
		expect(errno == EINTR, "sem_wait");
	*waits = 0;
}

static bool semaphore_is_waited_for()
{
	int pings = 0, pongs = 0;

	sem_getvalue(&ping, &pings);
	sem_getvalue(&pong, &pongs);
	return (ping_waits && pings > 0) || (pong_waits && pongs > 0);
}

static void semaphores()
{
	std::thread other([] {
		for (int i = 0; i < TURNS; i++) {
			take(&ping, &ping_waits);
			sem_post(&pong);
		}
	});
	for (int i = 0; i < TURNS; i++) {
		sem_post(&ping);
		take(&pong, &pong_waits);
	}
	other.join();
}

/* Locks of all kinds around a number that is only right when they exclude. */

static pthread_mutex_t kinds[3];
static std::timed_mutex timed;
static pthread_spinlock_t spin;
static long counts[5];

static void count_under_locks()
{
	for (int i = 0; i < TURNS; i++) {
		for (int kind = 0; kind < 3; kind++) {
			if (i % 3 || pthread_mutex_trylock(&kinds[kind]) != 0)
				expect(pthread_mutex_lock(&kinds[kind]) == 0, "lock");
			counts[kind]++;
			if (i % 10 == 0)
				sched_yield();
			expect(pthread_mutex_unlock(&kinds[kind]) == 0, "unlock");
		}
		expect(timed.try_lock_for(std::chrono::seconds(10 * STILL_S)), "timed lock");
		counts[3]++;
		timed.unlock();
		pthread_spin_lock(&spin);
		counts[4]++;
		pthread_spin_unlock(&spin);
	}
}

/* All locks are free, but the round does not end. */
static bool locks_are_free()
{
	for (auto &kind : kinds) {
		if (pthread_mutex_trylock(&kind) != 0)
			return false;
		pthread_mutex_unlock(&kind);
	}
	return true;
}

static void locks()
{
	std::vector<std::thread> threads;

	memset(counts, 0, sizeof(counts));
	for (int i = 0; i < 3; i++)
		threads.emplace_back(count_under_locks);
	for (auto &thread : threads)
		thread.join();
	for (long count : counts)
		expect(count == 3 * TURNS, "a lock excluded nobody");
}

static std::shared_mutex shared;
static long one_side, other_side;

static void readers_and_writers()
{
	auto reads = [] {
		for (int i = 0; i < TURNS; i++) {
			std::shared_lock<std::shared_mutex> lock(shared);
			expect(one_side == other_side, "read while it was written");
		}
	};
	auto writes = [] {
		for (int i = 0; i < TURNS; i++) {
			std::lock_guard<std::shared_mutex> lock(shared);
			one_side++;
			sched_yield();
			other_side++;
		}
	};
	std::thread reader(reads), other_reader(reads), writer(writes);
	writes();
	reader.join();
	other_reader.join();
	writer.join();
}

static pthread_barrier_t barrier;

static void barriers()
{
	std::atomic<int> serial{0};
	auto meet = [&serial] {
		for (int i = 0; i < TURNS; i++)
			serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
	};
	std::thread second(meet), third(meet);
	meet();
	second.join();
	third.join();
	expect(serial == TURNS, "one serial thread for each meeting");
}

static void unlock(void *mutex)
{
	pthread_mutex_unlock(static_cast<pthread_mutex_t *>(mutex));
}

static void *waits_for_ever(void *started)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

	pthread_mutex_lock(&mutex);
	pthread_cleanup_push(unlock, &mutex);
	sem_post(static_cast<sem_t *>(started));
	for (;;)
		pthread_cond_wait(&never, &mutex);
	pthread_cleanup_pop(1);
	return nullptr;
}

static void cancel()
{
	pthread_t thread;
	void *result = nullptr;
	sem_t started;

	sem_init(&started, 0, 0);
	expect(pthread_create(&thread, nullptr, waits_for_ever, &started) == 0, "create");
	while (sem_wait(&started) != 0)
		;
	pthread_cancel(thread);
	expect(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED, "cancelled");
	sem_destroy(&started);
}

/* Threads, memory, exceptions, code. */

static void join()
{
	std::vector<std::thread> threads;
	std::atomic<int> ran{0};

	for (int i = 0; i < 5; i++)
		threads.emplace_back([&ran] { ran += std::string(3000, 'x').size() == 3000; });
	for (auto &thread : threads)
		thread.join();
	expect(ran == 5, "each thread ran");
}

static void allocate()
{
	static unsigned seed = 1;
	std::vector<std::string> texts;

	for (int i = 0; i < 300; i++) {
		texts.emplace_back(static_cast<size_t>(rand_r(&seed)) % 6000, 'x');
		if (i % 3 == 0)
			texts[static_cast<size_t>(rand_r(&seed)) % texts.size()].append(2000, 'y');
	}
}

static void throws(int depth)
{
	std::mutex held;
	std::lock_guard<std::mutex> lock(held);

	if (depth == 0)
		throw std::runtime_error(std::string(100, 'x'));
	throws(depth - 1);
}

static void catches()
{
	for (int i = 0; i < 20; i++) {
		try {
			throws(10);
			expect(false, "thrown");
		} catch (const std::runtime_error &) {
		}
	}
}

/* Held while the loader changes things, and while a child is made that will exit(): its exit takes
 * a lock of glibc's that dlclose holds, and glibc does not free it in the child. */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static void load()
{
	pthread_mutex_lock(&loading);
	void *library = dlopen(library_path, RTLD_NOW);
	auto alloc = library ? reinterpret_cast<void *(*)(size_t)>(dlsym(library, "in_opened"))
			     : nullptr;
	expect(alloc != nullptr, "dlopen");
	if (alloc)
		free(alloc(5003));
	if (library)
		expect(dlclose(library) == 0, "dlclose");
	pthread_mutex_unlock(&loading);
}

static void signals()
{
	for (int i = 0; i < TURNS; i++)
		raise(SIGUSR1);
}

/* Processes. */

static void expect_end(pid_t pid, const char *what)
{
	int status = -1;
	pid_t ended;

	do
		ended = waitpid(pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	expect(pid > 0 && ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0, what);
}

static pid_t child()
{
	pid_t pid = fork();

	if (pid == 0)
		alarm(STILL_S / 2);
	return pid;
}

static void forks()
{
	pid_t pid = child();

	if (pid == 0) {
		allocate();
		catches();
		std::thread([] { std::string text(3000, 'x'); }).join();
		_exit(broken);
	}
	expect_end(pid, "a child that forks");
}

static void exits()
{
	pthread_mutex_lock(&loading);
	pid_t pid = child();
	if (pid == 0)
		exit(broken);
	pthread_mutex_unlock(&loading);
	expect_end(pid, "a child that exits");
}

static void remove_files_of(pid_t pid)
{
	const char *dir = getenv("STORM_LEAF_DIR");
	glob_t files;

	if (!dir)
		return;
	std::string pattern = std::string(dir) + "/*." + std::to_string(pid) + ".*.pb.gz";
	if (glob(pattern.c_str(), 0, nullptr, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			unlink(files.gl_pathv[i]);
		globfree(&files);
	} else {
		expect(false, "a leaf left no profile");
	}
}

static void executes()
{
	pid_t pid = child();

	if (pid == 0) {
		execl(self_path, self_path, "leaf", static_cast<char *>(nullptr));
		_exit(9);
	}
	expect_end(pid, "a child that executes");
	remove_files_of(pid);
}

static void spawns()
{
	char *const args[] = {const_cast<char *>(self_path), const_cast<char *>("leaf"), nullptr};
	pid_t pid = -1;

	expect(posix_spawn(&pid, self_path, nullptr, nullptr, args, environ) == 0, "posix_spawn");
	expect_end(pid, "a child that was spawned");
	remove_files_of(pid);
}

/* exit() while some threads compute, one waits for ever and one allocates. */
static int leaf()
{
	static sem_t never;

	alarm(STILL_S / 2);
	sem_init(&never, 0, 0);
	std::thread([] {
		while (sem_wait(&never) != 0)
			;
	}).detach();
	std::thread([] {
		for (;;)
			allocate();
	}).detach();
	catches();
	exit(0);
}

/* Threads ten times a second, in one of three forms; once a second another profile too. */

static int (*cprof_write)(const char *, int, int);
static const char *dump_path;

static void dump()
{
	static const char *const others[] = {"heap", "threadcreate", "mutex", "block"};
	static const long tenth_ns = 100000000;
	static unsigned i;
	struct timespec now;
	int form = static_cast<int>(i % 3);
	int fd = form == 0 ? open(dump_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
			   : open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (cprof_write) {
		expect(cprof_write("goroutine", fd, form) == 0, "goroutine");
		if (form != 0 && i % 10 == 1) /* the file that is left holds one profile */
			expect(cprof_write(others[i / 10 % 4], fd, 0) == 0, others[i / 10 % 4]);
	}
	close(fd);
	i++;
	/* To the next tenth of a second, so that the time of a dump is not added to the wait. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_nsec = tenth_ns - now.tv_nsec % tenth_ns;
	now.tv_sec = 0;
	nanosleep(&now, nullptr);
}

static struct activity {
	const char *name;
	void (*round)();
	bool (*is_waited_for)(); /* is what it waits for there? */
	std::atomic<unsigned long> rounds;
} activities[] = {
	{"condition", condition, turn_is_waited_for, {0}},
	{"semaphore", semaphores, semaphore_is_waited_for, {0}},
	{"lock", locks, locks_are_free, {0}},
	{"rwlock", readers_and_writers, nullptr, {0}},
	{"barrier", barriers, nullptr, {0}},
	{"cancel", cancel, nullptr, {0}},
	{"join", join, nullptr, {0}},
	{"malloc", allocate, nullptr, {0}},
	{"throw", catches, nullptr, {0}},
	{"dlopen", load, nullptr, {0}},
	{"signal", signals, nullptr, {0}},
	{"fork", forks, nullptr, {0}},
	{"exit", exits, nullptr, {0}},
	{"exec", executes, nullptr, {0}},
	{"spawn", spawns, nullptr, {0}},
	{"dump", dump, nullptr, {0}},
};

static void watch(int seconds)
{
	static const struct timespec second = {1, 0};
	unsigned long seen[sizeof(activities) / sizeof(*activities)] = {};
	int still_s[sizeof(activities) / sizeof(*activities)] = {};

	for (int s = 0; s < seconds; s++) {
		nanosleep(&second, nullptr);
		for (size_t i = 0; i < sizeof(activities) / sizeof(*activities); i++) {
			struct activity *a = &activities[i];

			still_s[i] = a->rounds == seen[i] ? still_s[i] + 1 : 0;
			seen[i] = a->rounds;
			if (still_s[i] < STILL_S)
				continue;
			say("%s: %s stands still after %lu rounds\n",
				a->is_waited_for && a->is_waited_for() ? "lost wake-up" : "hang",
				a->name, seen[i]);
			_exit(2);
		}
	}
}

static void prepare()
{
	static const int types[] = {
		PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
	struct sigaction action = {};

	for (int i = 0; i < 3; i++) {
		pthread_mutexattr_t attr;

		pthread_mutexattr_init(&attr);
		pthread_mutexattr_settype(&attr, types[i]);
		pthread_mutex_init(&kinds[i], &attr);
	}
	sem_init(&ping, 0, 0);
	sem_init(&pong, 0, 0);
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&barrier, nullptr, 3);
	action.sa_handler = [](int) {};
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, nullptr);
	cprof_write = reinterpret_cast<int (*)(const char *, int, int)>(
		dlsym(RTLD_DEFAULT, "cprof_write"));
}

int main(int argc, char **argv)
{
	std::vector<std::thread> threads;

	if (argc == 2)
		return leaf();
	if (argc != 4)
		return 9;
	self_path = "/proc/self/exe";
	if (getenv("STORM_LEAF"))
		setenv("CPROFALLOC", getenv("STORM_LEAF"), 1);
	library_path = argv[2];
	dump_path = argv[3];
	prepare();
	/* For a hang that takes the watch with it. */
	alarm(static_cast<unsigned>(atoi(argv[1]) + 3 * STILL_S));
	for (auto &a : activities) {
		threads.emplace_back([&a] {
			for (; !stop && !broken; a.rounds++)
				a.round();
		});
	}
	watch(atoi(argv[1]));
	stop = true;
	/* What is under way may still stand still: the alarm ends that. */
	for (auto &thread : threads)
		thread.join();
	for (auto &a : activities)
		say("%s %lu%s", a.name, a.rounds.load(), &a == activities + 15 ? "\n" : ", ");
	return broken;
}
