/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprofalloc: what Go programs get from runtime/pprof, for C and C++ programs on Linux.
 *
 * Link with -lcprofalloc, or preload the library; then these calls act on the running process. A
 * program that wants to build without the library declares them weak, or looks them up with
 * dlsym(RTLD_DEFAULT, "cprof_snapshot"). Settings that need no code are in the environment
 * variable CPROFALLOC: see cprofalloc(3).
 */
#ifndef CPROFALLOC_H
#define CPROFALLOC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CPROF_VERSION "0.1.0"

/*
 * The version of the library that is loaded, such as "0.1.0".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cprof_version(void);

/*
 * Set the mean number of bytes between two samples: 0 stops sampling, 1 samples every allocation.
 * The calling thread follows at once, each other thread at its next sample or within its next 16
 * MiB of allocations. Each sample keeps the probability it was taken with, so that no estimate is
 * biased by the change.
 *
 * Return: the rate before, in bytes.
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cprof_heap_rate(uint64_t rate_bytes);

/*
 * Profile "cpu": begin to take hz samples, 1 to 1000, in each second of CPU time of each thread,
 * and forget those of a profile before; stop taking them. The profile can be written during and
 * after. It uses SIGPROF: see cprofalloc(3).
 *
 * Return: 0; -ENOTSUP when the profiler could not be set up, or not yet. start: -EINVAL: not such a
 *         rate; -EBUSY: samples are taken already; -ENOMEM, -EAGAIN: no memory, no thread. stop:
 *         -EALREADY: none are taken.
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
int cprof_cpu_start(int hz);
int cprof_cpu_stop(void);

/*
 * Profile "mutex": record one in `fraction` unlocks while others wait, at random; 1 records all, 0
 * stops. The one who unlocks is charged with the time that all of them waited, since the unlock
 * before. Values are scaled when they are recorded, so that a change biases nothing. A negative
 * fraction changes nothing.
 *
 * Return: the fraction before; -ENOTSUP when the profiler could not be set up, or not yet.
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cprof_mutex_fraction(int fraction);

/*
 * Profile "block": record every wait of at least rate_ns nanoseconds, and shorter ones with
 * probability length/rate_ns, scaled so that sums are unbiased; 1 records all, 0 stops. The one who
 * waits is charged: for mutexes, read-write locks, spin locks, condition variables, semaphores,
 * barriers, and threads to join. A negative rate changes nothing.
 *
 * Return: the rate before, in nanoseconds; -ENOTSUP when the profiler could not be set up, or not
 *         yet.
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cprof_block_rate(int64_t rate_ns);

/*
 * Write a snapshot into the directory of the setting dir=, now: the heap, and beside it each
 * profile that is or was switched on, and each of the program's own.
 *
 * Return: 0; -ENOENT without a dir; another -errno when the file could not be written, which is
 *         told on standard error too.
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cprof_snapshot(void);

/*
 * Write a profile to a descriptor.
 *
 * @profile  "heap" or "allocs": the same samples; they differ in the view shown first;
 *           "mutex", "block": see cprof_mutex_fraction and cprof_block_rate; "threadcreate": where
 *           the program created its threads, and which are left; "goroutine": where each of its
 *           threads is at this moment; or the name of one of the program's own profiles
 * @fd       open for writing; stays open
 * @debug    0: gzipped protobuf, as go tool pprof reads; other values: text; of "goroutine" 1:
 *           equal stacks together, 2 and more: each thread, as a Go program's panic shows them
 *
 * Return: 0; -ENOENT: no such profile; -EINVAL: profile is NULL; another -errno from writing, of
 *         which a part may have been done.
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cprof_write(const char *profile, int fd, int debug);

/*
 * Serve the profiles over HTTP, as Go's net/http/pprof does: at http://ADDRESS/debug/pprof/, for
 * go tool pprof, curl and browsers. By a thread of the library's; a forked child has no server.
 * As the setting http=, which starts it with the program.
 *
 * @address  HOST:PORT, where HOST is localhost or an IP address, in brackets where it has colons,
 *           and port 0 is any that is free; or unix:PATH. Other addresses than of this machine
 *           itself need the setting http_token=
 *
 * Return: 0: it listens; -EALREADY: there is a server, or one starts; -EINVAL: not such an address;
 *         -EACCES: the address needs a token, or the kernel refuses it; -EADDRINUSE; -ENOSYS: there
 *         is no module libcprofhttp.so; -ENOTSUP when the profiler could not be set up, or not yet;
 *         another -errno. Those of the server are told on standard error too.
 * Thread: any
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
int cprof_http_listen(const char *address);

/*
 * A profile of the program's own: which of its things (descriptors, sessions, handles) are open,
 * and where each was opened. Add a thing when it is opened, remove it when it is closed; what stays
 * is a leak, with its stack.
 *
 * All functions below: -EINVAL when a pointer is NULL or no profile; -ENOTSUP when the profiler
 * could not be set up, or not yet (before its constructor); -EBUSY when called from inside an
 * allocation or from inside one of these functions, which only a signal handler can do.
 */
typedef struct cprof_profile cprof_profile;

/*
 * Make a profile. It lives as long as the process, and is there in forked children too.
 *
 * @name  1 to 64 letters, digits, and characters of "._-/:"; by custom it begins with the library's
 *        name, "mylib/sessions". Snapshots are written to DIR/EXE.PID.SEQ.NAME.pb.gz, where a '/'
 *        of the name is a '+'
 * @ret_profile  the profile; NULL on failure, but with -EEXIST the one that is there
 *
 * Return: 0; -EINVAL: not such a name (empty, too long, with a blank, a control character or
 *         another character); -EEXIST: there is a profile of this name, or it is a built-in one's;
 *         -ENOSPC: there are 256 profiles already; -ENOMEM: no room (setting store_max).
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cprof_profile_new(const char *name, cprof_profile **ret_profile);

/*
 * The profile of this name, a built-in one ("heap", "allocs", "mutex", "block", "threadcreate")
 * among them.
 *
 * Return: NULL when there is none.
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cprof_profile *cprof_profile_lookup(const char *name);

/*
 * Enter a thing, with the stack of this call and the labels of this thread.
 *
 * @value  what it is known by, such as its address; not NULL. A number n of its own kind is
 *         (void *)(n + 1) where n may be 0
 * @skip   callers left out: 0, the stack begins with the function that calls cprof_profile_add; 1,
 *         with its caller; and so on. When nothing is left the stack is "[all frames skipped]"
 *
 * Return: 0; -EINVAL: value is NULL or skip is negative; -EEXIST: value is in the profile already
 *         (the first stack stays); -EPERM: the profile is a built-in one; -ENOMEM: no room, which
 *         the profile counts.
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cprof_profile_add(cprof_profile *profile, const void *value, int skip);

/*
 * Take a thing out.
 *
 * Return: 0; -ENOENT: it is not in the profile, which may be ignored; -EPERM: a built-in profile.
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cprof_profile_remove(cprof_profile *profile, const void *value);

/*
 * How many things are in it now; of "threadcreate" how many created threads are left; of the other
 * built-in ones how many rows.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int64_t cprof_profile_count(const cprof_profile *profile);

/*
 * Write it to a descriptor, as cprof_write does: sample type NAME/count.
 *
 * Return: 0; -EBADF: fd is not open for writing; another -errno from writing.
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cprof_profile_write(const cprof_profile *profile, int fd, int debug);

/*
 * Label what this thread does from now on, until the matching pop: its samples carry the label, and
 * so does an object in use that was born meanwhile. A later value of the same key wins.
 * A thread begins with the labels of the one that creates it.
 *
 *	int mark = cprof_label_push("request", "login");
 *	...
 *	cprof_label_pop(mark);
 *
 * There may be 8191 distinct sets of labels in a process: use values that repeat, not the number of
 * a request. Beyond that the set is "labels=[too many label sets]", which the comments of the
 * profile count. A pushed label costs no allocation more than before.
 *
 * Return: a mark, 0 or more, for cprof_label_pop; or, and then nothing has changed, -EINVAL: key or
 *         value is NULL, key is empty, holds control characters, is "bytes" or begins with
 *         "pprof::"; -E2BIG: more than 32 labels, or more than 1024 bytes of them; -ENOTSUP: the
 *         profiler could not be set up, or not yet.
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cprof_label_push(const char *key, const char *value);

/*
 * Go back to the labels from before the push that gave the mark; pushes in between that were not
 * popped are popped too.
 *
 * Return: 0; -EINVAL: no such mark, nothing changes (a push that failed needs no pop, and may have
 *         one).
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cprof_label_pop(int mark);

/*
 * An execution trace: what each thread did when. It has the beginning and the end of threads, what
 * they waited for, samples of CPU time while cprof_cpu_start is on, the size of the heap, and the
 * tasks, regions and messages of the program. `go tool trace` shows it; `cprof trace2json` makes a
 * file for trace viewers of it.
 *
 * start writes to fd, which may be closed then, until stop; stop waits until all is written. What
 * found no room in the buffers is left out, and its number told at the end of the trace.
 *
 * Return: 0; -ENOTSUP when the profiler could not be set up, or not yet. start: -EBUSY: a trace
 *         runs; -EBADF: fd is not open; -ENOMEM, -EAGAIN: no memory, no thread. stop: -EALREADY:
 *         none runs; another -errno from writing.
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
int cprof_trace_start(int fd);
int cprof_trace_stop(void);

/*
 * A task is something that the program does in several threads, such as answering a request. begin
 * gives it a number, never 0; parent is the task that it is part of, or 0. While no trace runs
 * these cost a few instructions.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cprof_task_begin(uint64_t parent, const char *name);
void cprof_task_end(uint64_t task);

/*
 * A region is a part of what one thread does: it begins and ends there, and regions end in the
 * reverse order of their beginning. task is what it is done for, or 0; end names the same region.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cprof_region_begin(uint64_t task, const char *name);
void cprof_region_end(uint64_t task, const char *name);

/*
 * A message in the trace, for a task or 0; key says what kind of message it is. Together at most
 * 1023 bytes are kept.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cprof_trace_log(uint64_t task, const char *key, const char *message);

#ifdef __cplusplus
}

namespace cprof
{
/* A label for as long as the scope lasts, however it is left. */
class label
{
      public:
	label(const char *key, const char *value) : mark(cprof_label_push(key, value))
	{
	}
	~label()
	{
		(void)cprof_label_pop(mark);
	}
	label(const label &) = delete;
	label &operator=(const label &) = delete;

      private:
	int mark;
};
} // namespace cprof
#endif

#endif
