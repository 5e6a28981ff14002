/* SPDX-License-Identifier: BSD-2-Clause */
/* The file that a command runs: why it cannot be started, why nothing can be preloaded into it. */
#include "report/cli/target.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SCRIPTS 5 /* interpreters that are scripts themselves; the kernel's limit */

/* The file, as execvp finds it. */
static bool find_file(const char *command, char ret_path[PATH_MAX])
{
	const char *at = getenv("PATH");
	struct stat about;

	if (strchr(command, '/') != NULL)
		return snprintf(ret_path, PATH_MAX, "%s", command) < PATH_MAX;
	for (at = at != NULL ? at : "/bin:/usr/bin";; at++) {
		int bytes = (int)strcspn(at, ":");

		if (snprintf(ret_path, PATH_MAX, "%.*s%s%s", bytes, at, bytes > 0 ? "/" : "",
			    command) < PATH_MAX &&
			access(ret_path, X_OK) == 0 && stat(ret_path, &about) == 0 &&
			S_ISREG(about.st_mode))
			return true;
		at += bytes;
		if (*at == '\0')
			return false;
	}
}

/* "#!/path argument": put the path in place of the script's. */
static bool follow_script(char path[PATH_MAX])
{
	char line[PATH_MAX] = "";
	FILE *file = fopen(path, "re");
	size_t bytes = file != NULL ? fread(line, 1, sizeof(line) - 1, file) : 0;
	char *begin = line + 2;

	if (file != NULL)
		fclose(file);
	line[bytes] = '\0';
	if (strncmp(line, "#!", 2) != 0)
		return false;
	begin += strspn(begin, " \t");
	begin[strcspn(begin, " \t\r\n")] = '\0';
	memmove(path, begin, strlen(begin) + 1);
	return true;
}

/* LD_PRELOAD needs a dynamic loader: a program without PT_INTERP has none. */
static bool is_static(const char *path)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	FILE *file = fopen(path, "re");
	bool answer = false;
	int i;

	if (file == NULL)
		return false;
	if (fread(&header, sizeof(header), 1, file) == 1 &&
		memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
		header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_phentsize == sizeof(segment)) {
		answer = true;
		for (i = 0; i < header.e_phnum; i++) {
			if (fseek(file, (long)(header.e_phoff + (Elf64_Off)i * sizeof(segment)),
				    SEEK_SET) != 0 ||
				fread(&segment, sizeof(segment), 1, file) != 1)
				break;
			if (segment.p_type == PT_INTERP)
				answer = false;
		}
	}
	fclose(file);
	return answer;
}

const char *cpa_cli_target_refusal(const char *command, int exec_errno)
{
	char path[PATH_MAX];
	struct stat about;
	bool is_found = find_file(command, path) && stat(path, &about) == 0;

	if (exec_errno == ENOENT)
		return is_found ? "its interpreter, named in its first line or in its ELF header, "
				  "is missing"
				: "command not found";
	if (is_found && S_ISDIR(about.st_mode))
		return "is a directory; want a program";
	if (exec_errno == EACCES && is_found && S_ISREG(about.st_mode) &&
		(about.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return "Permission denied: it is not executable (chmod +x)";
	return strerror(exec_errno);
}

const char *cpa_cli_target_not_preloaded(const char *command)
{
	char path[PATH_MAX];
	struct stat about;
	int i;

	if (!find_file(command, path))
		return NULL;
	for (i = 0; i < MAX_SCRIPTS && follow_script(path); i++)
		;
	if (is_static(path))
		return "it is linked statically, so no library can be preloaded; link it with "
		       "-lcprofalloc";
	if (stat(path, &about) == 0 && (about.st_mode & (S_ISUID | S_ISGID)) != 0)
		return "it is setuid or setgid, so the loader ignores LD_PRELOAD; link it with "
		       "-lcprofalloc";
	return NULL;
}
