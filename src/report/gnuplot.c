#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// A temporary file that has its name until it is closed.
typedef struct temporary {
    char path[256];
    FILE *file;
} temporary;

static int open_temporary(temporary *t, ns_err *err)
{
    const char *folder = getenv("TMPDIR");
    int length = snprintf(t->path, sizeof t->path, "%s/nsim-plot-XXXXXX",
                          folder && folder[0] ? folder : "/tmp");
    int fd = length < (int)sizeof t->path ? mkostemp(t->path, O_CLOEXEC) : -1;
    t->file = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (t->file)
        return NS_OK;
    if (fd >= 0) {
        close(fd);
        unlink(t->path);
    }
    return ns_fail(err, NS_EIO, "cannot make a temporary file: %s", strerror(errno));
}

static void close_temporary(temporary *t)
{
    if (!t->file)
        return;
    fclose(t->file);
    unlink(t->path);
    t->file = NULL;
}

static int spawn(const char *script, int messages, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc != 0)
        return rc;
    rc = posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
    // -d: the user's own settings would change the picture.
    char *argv[] = {(char[]){"gnuplot"}, (char[]){"-d"}, (char *)script, NULL};
    if (rc == 0)
        rc = posix_spawnp(child, "gnuplot", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

// What gnuplot says: the last line is the reason, the ones before quote the script.
static int tell_failure(FILE *messages, ns_err *err)
{
    char line[512], last[512] = "no message";
    rewind(messages);
    while (fgets(line, sizeof line, messages)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " ")])
            memcpy(last, line, sizeof last);
    }
    return ns_fail(err, NS_EIO, "gnuplot failed: %s", last);
}

static int run(const temporary *script, const temporary *messages, ns_err *err)
{
    pid_t child;
    int status, rc = spawn(script->path, fileno(messages->file), &child);
    if (rc == ENOENT)
        return ns_fail(err, NS_EINVAL,
                       "gnuplot is not installed: apt-get install gnuplot-nox, or your system's "
                       "package of it");
    if (rc != 0)
        return ns_fail(err, NS_EIO, "cannot run gnuplot: %s", strerror(rc));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return ns_fail(err, NS_EIO, "cannot wait for gnuplot: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return ns_fail(err, NS_EINVAL, "gnuplot cannot be run");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NS_OK
                                                         : tell_failure(messages->file, err);
}

int ns_gnuplot_run(const ns_buf *script, ns_err *err)
{
    if (script->failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the plot");
    temporary file = {0}, messages = {0};
    int rc = open_temporary(&file, err);
    if (rc == NS_OK)
        rc = open_temporary(&messages, err);
    if (rc == NS_OK &&
        (fwrite(script->data, 1, script->len, file.file) != script->len || fflush(file.file) != 0))
        rc = ns_fail(err, NS_EIO, "cannot write %s: %s", file.path, strerror(errno));
    if (rc == NS_OK)
        rc = run(&file, &messages, err);
    close_temporary(&file);
    close_temporary(&messages);
    return rc;
}

void ns_gnuplot_quote(ns_buf *out, const char *text)
{
    ns_buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            ns_buf_char(out, '\'');
        ns_buf_char(out, *text == '\n' ? ' ' : *text);
    }
    ns_buf_char(out, '\'');
}
