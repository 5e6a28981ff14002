/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocations under labels.
 *
 *   labels plan        a known number of bytes under each set of labels; some of it freed under others
 *   labels many N      N objects, each under a set of its own
 *   labels errors      each error that the header defines, one "WHAT: CODE" a line
 *   labels storm       threads push, pop, allocate and fork; "whole" when their marks are right
 *
 * Not here: what created threads inherit (threadcreate.c).
 */
#include <cprofalloc.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

NOINLINE static char *work(size_t size_bytes)
{
	char *ptr = static_cast<char *>(malloc(size_bytes));

	KEEP(ptr);
	return ptr;
}

static void throws()
{
	cprof::label label("request", "thrown");

	work(16);
	throw std::runtime_error("out");
}

static int plan()
{
	char *mixed[10];

	work(1000);
	{
		cprof::label tenant("tenant", "red");
		work(200);
		cprof::label request("request", "login");
		for (char *&ptr : mixed)
			ptr = work(30);
		{
			cprof::label later("tenant", "green \"x\"\\");
			work(4000);
			/* Freed here, but born elsewhere. */
			for (int i = 0; i < 4; i++)
				free(mixed[i]);
		}
		work(200);
	}
	try {
		throws();
	} catch (const std::exception &) {
		work(50000);
	}
	int outer = cprof_label_push("a", "1");
	(void)cprof_label_push("b", "2"); /* never popped itself */
	work(600);
	(void)cprof_label_pop(outer);
	work(1000);
	puts("done");
	return 0;
}

static int many(int count)
{
	for (int i = 0; i < count; i++) {
		cprof::label label("number", std::to_string(i).c_str());

		work(48);
	}
	puts("done");
	return 0;
}

static void say(const char *what, int code)
{
	const char *name = code < 0 ? strerrorname_np(-code) : nullptr;

	printf("%s: %s%s\n", what, code < 0 ? "-" : "", name ? name : code ? "positive" : "0");
}

static int errors()
{
	std::string text(1025, 'x');

	errno = 77;
	say("push NULL key", cprof_label_push(nullptr, "x"));
	say("push NULL value", cprof_label_push("x", nullptr));
	say("push empty key", cprof_label_push("", "x"));
	say("push control key", cprof_label_push("a\nb", "x"));
	say("push bytes", cprof_label_push("bytes", "x"));
	say("push long", cprof_label_push("x", text.c_str()));
	say("pop -1", cprof_label_pop(-1));
	say("pop -EINVAL", cprof_label_pop(-EINVAL));
	say("pop unknown", cprof_label_pop(4000));
	say("push first", cprof_label_push("a b", ""));
	say("push second", cprof_label_push("c", "\x01\xff"));
	say("pop", cprof_label_pop(0));
	say("errno", errno == 77 ? 0 : -errno);
	return 0;
}

static bool child_is_well()
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		cprof::label child("child", "yes");
		free(work(100));
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool churn(unsigned seed)
{
	bool whole = true;

	for (int i = 0; i < 3000; i++) {
		int before = cprof_label_push("depth", "0");

		{
			cprof::label first("value", std::to_string(rand_r(&seed) % 3000).c_str());
			cprof::label second("kind", i % 2 ? "odd" : "even");

			free(work(static_cast<size_t>(rand_r(&seed) % 3000)));
			whole = whole && (i % 500 || child_is_well());
		}
		/* Nothing was left over by the round before. */
		whole = whole && before == 0 && cprof_label_pop(before) == 0;
	}
	return whole;
}

static int storm()
{
	std::vector<std::thread> threads;
	bool whole[6] = {};
	bool all = true;

	for (unsigned i = 0; i < 6; i++)
		threads.emplace_back([&whole, i] { whole[i] = churn(i); });
	for (auto &thread : threads)
		thread.join();
	for (bool one : whole)
		all = all && one;
	puts(all ? "whole" : "broken");
	return !all;
}

int main(int argc, char **argv)
{
	std::string mode = argc > 1 ? argv[1] : "";

	alarm(100);
	if (mode == "plan")
		return plan();
	if (mode == "many" && argc > 2)
		return many(atoi(argv[2]));
	if (mode == "errors")
		return errors();
	return mode == "storm" ? storm() : 2;
}
