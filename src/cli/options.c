#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "cli/cli.h"
#include "report/report.h"
#include "workload/workload.h"

typedef struct parser {
    const ns_cli_command *command;
    const ns_cli_option *options;
    int count;
    char **argv; // what is left
} parser;

int ns_cli_error(const ns_err *err)
{
    fprintf(stderr, "nsim: %s\n", err->msg);
    return err->code == NS_EINVAL   ? NS_EXIT_INPUT
           : err->code == NS_ELIMIT ? NS_EXIT_LIMIT
                                    : NS_EXIT_FAILURE;
}

int ns_cli_misuse(const ns_cli_command *command, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("nsim: ", stderr);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nTry: nsim help %s\n", command->name);
    return NS_EXIT_INPUT;
}

int ns_cli_flush(FILE *stream, ns_err *err)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return NS_OK;
    // Whoever read the pipe wants no more: that is no failure.
    return errno == EPIPE ? NS_OK
                          : ns_fail(err, NS_EIO, "cannot write the output: %s", strerror(errno));
}

bool ns_cli_colour(FILE *stream)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(stream)) && !(none && none[0]) && term && strcmp(term, "dumb") != 0;
}

int ns_cli_style(FILE *stream)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL;
    for (int i = 0; i < 3 && !(locale && locale[0]); i++)
        locale = getenv(variables[i]);
    bool utf8 = locale && (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
    return (ns_cli_colour(stream) ? NS_STYLE_COLOUR : 0) | (utf8 ? 0 : NS_STYLE_ASCII);
}

static void print_option(const ns_cli_option *option)
{
    char left[40];
    if (option->letter)
        snprintf(left, sizeof left, "-%c, --%s", option->letter, option->name);
    else
        snprintf(left, sizeof left, "    --%s", option->name);
    size_t used = strlen(left);
    if (option->operand)
        snprintf(left + used, sizeof left - used, " %s", option->operand);
    printf("  %-24s  %s\n", left, option->help);
}

static int print_help(const parser *p)
{
    const ns_cli_command *c = p->command;
    printf("%s\n\nUsage: %s\n", c->summary, c->usage);
    if (c->text)
        printf("\n%s\n", c->text);
    printf("\nOptions:\n");
    for (int i = 0; i < p->count; i++)
        print_option(&p->options[i]);
    print_option(&(ns_cli_option){"help", 'h', NS_CLI_FLAG, NULL, NULL, "print this page"});
    printf("\nExample:\n%s\n", c->example);
    return 0;
}

static int unknown_option(const parser *p, const char *name, size_t length)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    ns_suggest near = {.word = word};
    ns_suggest_offer(&near, "help");
    for (int i = 0; i < p->count; i++)
        ns_suggest_offer(&near, p->options[i].name);
    return ns_cli_misuse(p->command, "unknown option --%s%s%s%s", word,
                         near.best ? "; did you mean --" : "", near.best ? near.best : "",
                         near.best ? "?" : "");
}

static bool is_whole(const char *text)
{
    errno = 0;
    char *end;
    strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0;
}

static int store(const parser *p, const ns_cli_option *option, const char *text)
{
    ns_err err;
    switch (option->type) {
    case NS_CLI_FLAG:
        *(bool *)option->value = true;
        return -1;
    case NS_CLI_WHOLE:
        if (!is_whole(text))
            return ns_cli_misuse(p->command,
                                 "--%s: found \"%s\", expected a whole number of at most 64 bits",
                                 option->name, text);
        *(const char **)option->value = text;
        return -1;
    case NS_CLI_TEXT:
        *(const char **)option->value = text;
        return -1;
    case NS_CLI_COLUMNS: {
        long columns = is_whole(text) ? strtol(text, NULL, 10) : 0;
        if (columns < 40 || columns > 1000)
            return ns_cli_misuse(p->command,
                                 "--%s: found \"%s\", expected a whole number from 40 to 1000",
                                 option->name, text);
        *(int *)option->value = (int)columns;
        return -1;
    }
    case NS_CLI_TIME:
        if (ns_parse_time(text, option->value, &err) != NS_OK)
            return ns_cli_misuse(p->command, "--%s: %s", option->name, err.msg);
        return -1;
    case NS_CLI_LIST: {
        ns_cli_list *list = option->value;
        if (list->count == NS_CLI_LIST_MAX)
            return ns_cli_misuse(p->command, "--%s: more than %d times", option->name,
                                 NS_CLI_LIST_MAX);
        list->items[list->count++] = text;
        return -1;
    }
    }
    assert(!"an option without a type");
    return NS_EXIT_FAILURE;
}

// --name, --name=value, --name value
static int parse_long(parser *p)
{
    const char *name = *p->argv++ + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    if (strcmp(name, "help") == 0)
        return print_help(p);
    for (int i = 0; i < p->count; i++) {
        const ns_cli_option *option = &p->options[i];
        if (strlen(option->name) != length || strncmp(option->name, name, length) != 0)
            continue;
        if (option->type == NS_CLI_FLAG)
            return equals ? ns_cli_misuse(p->command, "--%s takes no value", option->name)
                          : store(p, option, NULL);
        const char *value = equals ? equals + 1 : *p->argv ? *p->argv++ : NULL;
        if (!value)
            return ns_cli_misuse(p->command, "--%s needs %s", option->name, option->operand);
        return store(p, option, value);
    }
    return unknown_option(p, name, length);
}

// -q, -qo FILE, -oFILE
static int parse_short(parser *p)
{
    for (const char *s = *p->argv++ + 1; *s; s++) {
        const ns_cli_option *option = NULL;
        if (*s == 'h')
            return print_help(p);
        for (int i = 0; i < p->count; i++)
            if (p->options[i].letter == *s)
                option = &p->options[i];
        if (!option)
            return ns_cli_misuse(p->command, "unknown option -%c", *s);
        const char *value = NULL;
        if (option->type != NS_CLI_FLAG) {
            value = s[1] ? s + 1 : *p->argv ? *p->argv++ : NULL;
            if (!value)
                return ns_cli_misuse(p->command, "-%c needs %s", *s, option->operand);
        }
        int rc = store(p, option, value);
        if (rc >= 0 || value)
            return rc;
    }
    return -1;
}

int ns_cli_parse(const ns_cli_command *command, const ns_cli_option *options, int count, int argc,
                 char **argv, ns_cli_operands *operands)
{
    assert(argc > 0);
    parser p = {command, options, count, argv + 1};
    *operands = (ns_cli_operands){0};
    while (*p.argv) {
        const char *word = *p.argv;
        int rc = -1;
        if (strcmp(word, "--") == 0) {
            operands->rest = p.argv + 1;
            break;
        }
        if (word[0] == '-' && word[1] == '-') {
            rc = parse_long(&p);
        } else if (word[0] == '-' && word[1]) {
            rc = parse_short(&p);
        } else {
            if (operands->count == command->max)
                return ns_cli_misuse(command, "unexpected argument \"%s\"; usage: %s", word,
                                     command->usage);
            operands->items[operands->count++] = *p.argv++;
        }
        if (rc >= 0)
            return rc;
    }
    if (operands->count < command->min)
        return ns_cli_misuse(command, "an argument is missing; usage: %s", command->usage);
    return -1;
}
