/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that the library watches, at once: short threads that inherit labels, keep handles in a
 * profile of their own, throw, load and close a library, fork and execute.
 *
 *   everything ROUNDS LIBRARY
 *
 * Needs the library. An alarm turns a deadlock into a failure.
 * Not here: each of these alone (threads.c, processes.c, handles.c, labels.cc, threadcreate.c).
 */
#include <cprofalloc.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

static std::atomic<bool> broken, stop;
static cprof_profile *handles;
static const char *library_path;

static void expect(bool what)
{
	if (!what)
		broken = true;
}

/* A handle as long as the scope lasts. */
struct handle {
	handle()
	{
		expect(cprof_profile_add(handles, this, 1) == 0);
	}
	~handle()
	{
		expect(cprof_profile_remove(handles, this) == 0);
	}
};

static void throws(int depth)
{
	handle held;

	if (depth == 0)
		throw std::runtime_error(std::string(100, 'x'));
	throws(depth - 1);
}

static void load()
{
	void *library = dlopen(library_path, RTLD_NOW);
	auto alloc = library ? reinterpret_cast<void *(*)(size_t)>(dlsym(library, "in_opened"))
			     : nullptr;

	expect(alloc != nullptr);
	if (alloc)
		free(alloc(5003));
	if (library)
		dlclose(library);
}

static void spawn(bool executes)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(100);
		if (executes)
			execl("/bin/true", "true", static_cast<char *>(nullptr));
		{
			cprof::label label("child", "yes");
			handle held;
			std::thread([] { std::string text(3000, 'x'); }).join();
		}
		_exit(broken);
	}
	expect(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static void work(unsigned seed, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		cprof::label kind("kind", i % 2 ? "odd" : "even");
		cprof::label number("number", std::to_string(rand_r(&seed) % 10000).c_str());
		handle held;
		std::vector<std::string> texts;

		for (int n = 0; n < 20; n++)
			texts.emplace_back(rand_r(&seed) % 2000, 'x');
		switch (rand_r(&seed) % 8) {
		case 0:
			load();
			break;
		case 1:
			spawn(i % 2);
			break;
		case 2:
		case 3:
			std::thread([] { std::string text(3000, 'x'); }).join();
			break;
		default:
			try {
				throws(5);
			} catch (const std::exception &) {
			}
		}
	}
}

static void dump()
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (int i = 0; !stop; i++) {
		static const char *const names[] = {"heap", "threadcreate", "handles", "allocs"};

		expect(cprof_write(names[i % 4], fd, i / 4 % 2) == 0);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 50;
	std::vector<std::thread> threads;

	alarm(100 + static_cast<unsigned>(rounds));
	library_path = argc > 2 ? argv[2] : "";
	if (cprof_profile_new("handles", &handles) != 0)
		return 1;
	std::thread dumper(dump);
	for (unsigned i = 0; i < 6; i++)
		threads.emplace_back(work, i, rounds);
	for (auto &thread : threads)
		thread.join();
	stop = true;
	dumper.join();
	expect(cprof_profile_count(handles) == 0);
	expect(cprof_profile_count(cprof_profile_lookup("threadcreate")) == 0);
	puts(broken ? "broken" : "whole");
	return broken;
}
