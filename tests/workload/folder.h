// A temporary folder for a test, with a few files in it.
#ifndef NS_TESTS_WORKLOAD_FOLDER_H
#define NS_TESTS_WORKLOAD_FOLDER_H

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX];

// Make the folder and stand in it.
static void folder_enter(void)
{
    snprintf(folder, sizeof folder, "%s/nsim-test-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    cr_assert(mkdtemp(folder) != NULL);
    cr_assert(chdir(folder) == 0);
}

static void folder_leave(void)
{
    char command[PATH_MAX + 16];
    cr_assert(chdir("/") == 0);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    cr_assert(system(command) == 0);
}

static void folder_write(const char *path, const char *text)
{
    char parent[PATH_MAX];
    for (const char *s = path; (s = strchr(s + 1, '/')) != NULL;) {
        snprintf(parent, sizeof parent, "%.*s", (int)(s - path), path);
        mkdir(parent, 0777);
    }
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL, "%s", path);
    cr_assert(fputs(text, file) >= 0);
    cr_assert(fclose(file) == 0);
}

#endif
