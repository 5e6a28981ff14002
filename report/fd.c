/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to and from descriptors, without stdio. */
#include "report/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define WRITE_WAIT_MS 30000

/* Wait until a full non-blocking descriptor takes more. 0 or -errno. */
static int wait_writable(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};
	int ready;

	do
		ready = poll(&wanted, 1, WRITE_WAIT_MS);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

int cpa_fd_write_all(int fd, const void *bytes, size_t size_bytes)
{
	const char *next = bytes;
	int kept_errno = errno;
	int error = 0;

	while (size_bytes && !error) {
		ssize_t done_bytes = write(fd, next, size_bytes);

		if (done_bytes > 0) {
			next += done_bytes;
			size_bytes -= (size_t)done_bytes;
		} else if (done_bytes == 0) {
			error = -EIO;
		} else if (errno == EAGAIN) {
			error = wait_writable(fd);
		} else if (errno != EINTR) {
			error = -errno;
		}
	}
	errno = kept_errno;
	return error;
}

static int sink_write(void *context, const void *bytes, size_t size_bytes)
{
	return cpa_fd_write_all(*(const int *)context, bytes, size_bytes);
}

struct cpa_fd_sink cpa_fd_to_sink(int *fd)
{
	return (struct cpa_fd_sink){.write = sink_write, .context = fd};
}

int cpa_fd_above_stdio(int fd)
{
	int kept_errno = errno;
	int high_fd = fd;

	if (fd >= 0 && fd <= STDERR_FILENO) {
		high_fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (high_fd < 0)
			high_fd = -errno;
		(void)close(fd);
	}
	errno = kept_errno;
	return high_fd;
}

int cpa_fd_open_read(const char *path)
{
	int kept_errno = errno;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		fd = -errno;
	errno = kept_errno;
	return cpa_fd_above_stdio(fd);
}

long cpa_fd_read_at(int fd, void *bytes, size_t size_bytes, unsigned long long offset)
{
	int kept_errno = errno;
	size_t have_bytes = 0;
	long result = 0;

	while (have_bytes < size_bytes) {
		ssize_t got_bytes = pread(fd, (char *)bytes + have_bytes, size_bytes - have_bytes,
			(off_t)(offset + have_bytes));

		if (got_bytes > 0) {
			have_bytes += (size_t)got_bytes;
		} else if (got_bytes == 0) {
			break;
		} else if (errno != EINTR) {
			result = -errno;
			break;
		}
	}
	errno = kept_errno;
	return result ? result : (long)have_bytes;
}

void cpa_fd_close(int fd)
{
	int kept_errno = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = kept_errno;
}
