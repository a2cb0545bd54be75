/* Makes a program that is loaded once run many commands, each in a process of
 * its own. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Loaded with LD_PRELOAD. The dynamic loader has done its work (which is most
 * of what a small run of qc costs) when main is reached; from there on each
 * command is a fork that goes into the real main. See fork_server.py for the
 * requests: a line with the number of arguments, then standard output's file,
 * standard error's file and the arguments, each ended by a zero byte. The
 * answers are two lines: the child's id, and what waitpid says of it. A
 * negative number runs the command in this process: what it loads and
 * registers, later children find done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int (*Main)(int, char **, char **);
static Main real_main;

static char *read_text(FILE *requests) {
  char *text = NULL;
  size_t size = 0;
  if (getdelim(&text, &size, '\0', requests) <= 0)
    exit(0);
  return text;
}

static void redirect(const char *path, int flags, int to) {
  int file = open(path, flags, 0666);
  if (file < 0 || dup2(file, to) < 0)
    _exit(126);
  if (file != to)
    close(file);
}

static int serve(int argc, char **argv, char **environment) {
  (void)argc;
  /* Out of the way of the children's standard streams. */
  FILE *requests = fdopen(fcntl(0, F_DUPFD_CLOEXEC, 100), "r");
  FILE *answers = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 100), "w");
  if (!requests || !answers)
    return 125;
  char line[32];
  while (fgets(line, sizeof line, requests)) {
    int count = abs(atoi(line)), here = line[0] == '-';
    char *out = read_text(requests), *error = read_text(requests);
    char **arguments = calloc((size_t)count + 2, sizeof *arguments);
    if (!arguments)
      return 125;
    arguments[0] = argv[0];
    for (int i = 0; i < count; ++i)
      arguments[i + 1] = read_text(requests);
    pid_t child = here ? 0 : fork();
    int status = 0;
    if (child == 0) {
      redirect("/dev/null", O_RDONLY, 0);
      redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
      redirect(error, O_WRONLY | O_CREAT | O_TRUNC, 2);
      if (!here) {
        close(fileno(requests));
        close(fileno(answers));
      }
      status = real_main(count + 1, arguments, environment);
      if (!here)
        exit(status);
    }
    fprintf(answers, "%d\n", child);
    fflush(answers);
    if (child < 0 || (!here && waitpid(child, &status, 0) < 0))
      return 125;
    fprintf(answers, "%d\n", status);
    fflush(answers);
    free(out);
    free(error);
    for (int i = 0; i < count; ++i)
      free(arguments[i + 1]);
    free(arguments);
  }
  return 0;
}

typedef int (*StartMain)(Main, int, char **, void (*)(void), void (*)(void),
                         void (*)(void), void *);

/* glibc's entry calls this with the program's main. */
int __libc_start_main(Main main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void),
                      void *stack_end) {
  StartMain start;
  *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
  real_main = main;
  unsetenv("LD_PRELOAD");
  return start(serve, argc, argv, init, fini, loader_fini, stack_end);
}
