#include "report/page.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/format.h"

static const char style[] =
    ":root{--paper:#fff;--ink:#222;--muted:#5a5a5a;--rule:#8a8a8a;--grid:#dedede;--line:#e4e4e4;"
    "--soft:#f6f7f8;--note:#fff6e5;--edge:#e69f00}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#16181c;--ink:#e3e3e3;--muted:#a5a8ad;"
    "--rule:#7d8086;--grid:#33363c;--line:#2c2f35;--soft:#1e2126;--note:#2a2417;--edge:#b37c00}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}\n"
    "main{max-width:864px;margin:0 auto;padding:32px}\n"
    "h1{font-size:26px;font-weight:600;margin:0 0 2px}h2{font-size:18px;font-weight:600;"
    "margin:44px 0 10px;padding-top:14px;border-top:1px solid var(--line)}\n"
    "h3{font-size:14px;font-weight:600;margin:22px 0 4px}\n"
    "p{margin:6px 0}.muted,.sub{color:var(--muted)}.sub{margin:0 0 18px}\n"
    ".facts{display:flex;flex-wrap:wrap;gap:8px 32px;margin:18px 0 24px}.facts div{min-width:84px}"
    ".facts b{display:block;font-size:19px;font-weight:600}.facts span{color:var(--muted);"
    "font-size:13px}\n"
    "ul.notes{list-style:none;margin:0;padding:0}ul.notes li{background:var(--note);"
    "border-left:3px solid var(--edge);padding:8px 14px;margin:8px 0}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;"
    "font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:right;padding:4px 10px;border-bottom:1px solid var(--line);"
    "white-space:nowrap;vertical-align:top}"
    "th{font-weight:500;color:var(--muted)}th.t,td.t{text-align:left;white-space:normal;"
    "overflow-wrap:anywhere;min-width:8em}\n"
    "td:first-child,th:first-child{padding-left:0}td:last-child,th:last-child{padding-right:0}\n"
    "code,pre{font:12.5px/1.5 ui-monospace,monospace}pre{background:var(--soft);padding:14px;"
    "overflow-x:auto}summary{cursor:pointer;color:var(--muted)}\n"
    "figure{margin:14px 0}figure svg{display:block;width:100%;height:auto}\n"
    ".bar{display:flex;height:13px;min-width:220px;margin:4px 0}.bar i{display:block}\n"
    ".key{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px;margin:6px 0}"
    ".key i{display:inline-block;width:11px;height:11px;margin-right:6px}\n"
    "nav{font-size:14px;margin:0 0 8px}nav a{color:inherit;margin-right:18px}\n"
    "footer{margin-top:48px;color:var(--muted);font-size:13px}\n"
    "@media print{main{max-width:none;padding:0}h2{break-after:avoid}figure{break-inside:avoid}}\n";

void ns_page_text(ns_page *page, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '<'   ? "&lt;"
                             : *c == '>' ? "&gt;"
                             : *c == '&' ? "&amp;"
                             : *c == '"' ? "&quot;"
                                         : NULL;
        if (entity)
            ns_buf_str(&page->html, entity);
        else
            ns_buf_char(&page->html, *c);
    }
}

void ns_page_time(ns_page *page, int64_t ns)
{
    char text[32];
    ns_format_time(text, ns);
    ns_buf_str(&page->html, text);
}

void ns_page_begin(ns_page *page, const char *title)
{
    ns_buf_str(&page->html,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n"
               "<link rel=\"icon\" href=\"data:,\">\n<title>");
    ns_page_text(page, title);
    ns_buf_printf(&page->html, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>",
                  style);
    ns_page_text(page, title);
    ns_buf_str(&page->html, "</h1>\n");
}

void ns_page_end(ns_page *page)
{
    ns_buf_str(&page->html,
               "<footer>Made by nsim " NSIM_VERSION
               ". Times are virtual. *: fewer than ten samples lie beyond it.</footer>\n"
               "</main>\n</body>\n</html>\n");
}

void ns_page_section(ns_page *page, const char *id, const char *title)
{
    ns_buf_printf(&page->html, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

void ns_page_fact(ns_page *page, const char *name, const char *value)
{
    ns_buf_str(&page->html, "<div><b>");
    ns_page_text(page, value);
    ns_buf_printf(&page->html, "</b><span>%s</span></div>\n", name);
}

// -- Tables ---------------------------------------------------------------------------------------

void ns_page_table(ns_page *page, const char *columns)
{
    ns_buf_str(&page->html, "<div class=\"scroll\"><table>\n<thead><tr>");
    while (*columns) {
        size_t length = strcspn(columns, "|");
        bool text = *columns == '<';
        ns_buf_str(&page->html, text ? "<th class=\"t\">" : "<th>");
        ns_buf_add(&page->html, columns + text, length - text);
        ns_buf_str(&page->html, "</th>");
        columns += length + (columns[length] == '|');
    }
    ns_buf_str(&page->html, "</tr></thead>\n<tbody>");
}

void ns_page_row(ns_page *page)
{
    ns_buf_str(&page->html, "\n<tr>");
}

void ns_page_cell(ns_page *page, const char *text)
{
    ns_buf_str(&page->html, "<td class=\"t\">");
    ns_page_text(page, text);
    ns_buf_str(&page->html, "</td>");
}

void ns_page_place(ns_page *page, const char *name, const char *script, int line)
{
    ns_buf_str(&page->html, "<td class=\"t\">");
    ns_page_text(page, *name ? name : "(anonymous)");
    if (*script) {
        ns_buf_str(&page->html, " <code class=\"muted\">");
        ns_page_text(page, script);
        if (line > 0)
            ns_buf_printf(&page->html, ":%d", line);
        ns_buf_str(&page->html, "</code>");
    }
    ns_buf_str(&page->html, "</td>");
}

void ns_page_number(ns_page *page, const char *fmt, ...)
{
    char text[64];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ns_buf_printf(&page->html, "<td>%s</td>", text);
}

void ns_page_duration(ns_page *page, int64_t ns, bool thin)
{
    char text[32];
    ns_format_time(text, ns);
    ns_page_number(page, "%s%s", text, thin ? "*" : "");
}

void ns_page_table_end(ns_page *page)
{
    ns_buf_str(&page->html, "\n</tbody></table></div>\n");
}

void ns_page_json(ns_page *page, const char *title, const char *json)
{
    cJSON *root = cJSON_Parse(json);
    char *text = root ? cJSON_Print(root) : NULL;
    ns_buf_printf(&page->html, "<details><summary>%s</summary>\n<pre>", title);
    ns_page_text(page, text ? text : json);
    ns_buf_str(&page->html, "</pre></details>\n");
    cJSON_free(text);
    cJSON_Delete(root);
}

// -- Pictures -------------------------------------------------------------------------------------

// What of gnuplot's SVG follows the page's colours, and names that must differ between pictures of
// one page; "@" is the number of the picture.
static const struct change {
    const char *from, *to;
} changes[] = {
    {"rgb(34,34,34)", "var(--ink)"},
    {"rgb( 34,  34,  34)", "var(--ink)"},
    {"rgb(90,90,90)", "var(--muted)"},
    {"rgb( 90,  90,  90)", "var(--muted)"},
    {"rgb(138, 138, 138)", "var(--rule)"},
    {"rgb(222, 222, 222)", "var(--grid)"},
    {"fill=\"#ffffff\"", "fill=\"none\""},
    {"id=\"gnuplot_", "data-part=\""},
    {"id='gpPt", "id='p@gpPt"},
    {"'#gpPt", "'#p@gpPt"},
    {"id='gpDot", "id='p@gpDot"},
    {"'#gpDot", "'#p@gpDot"},
    {"id='textbox'", "id='p@textbox'"},
    {"id='greybox'", "id='p@greybox'"},
    {"(#textbox)", "(#p@textbox)"},
    {"(#greybox)", "(#p@greybox)"},
    {"flood-color='white'", "flood-color='transparent'"},
    {"<title>Gnuplot</title>", ""},
    {"font-family=\"sans-serif\"", ""},
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

static void add_number(ns_buf *out, const char *text, int number)
{
    for (; *text; text++)
        if (*text == '@')
            ns_buf_printf(out, "%d", number);
        else
            ns_buf_char(out, *text);
}

static void add_svg(ns_page *page, const char *svg)
{
    const char *at = svg ? strstr(svg, "<svg") : NULL;
    while (at && *at) {
        const struct change *found = NULL;
        for (int i = 0; i < CHANGES && !found && strchr("rfi'<(", *at); i++)
            if (strncmp(at, changes[i].from, strlen(changes[i].from)) == 0)
                found = &changes[i];
        if (found) {
            add_number(&page->html, found->to, page->pictures);
            at += strlen(found->from);
        } else {
            ns_buf_char(&page->html, *at++);
        }
    }
}

static int read_file(const char *path, ns_buf *out, ns_err *err)
{
    char block[8192];
    size_t size;
    FILE *file = fopen(path, "r");
    if (!file)
        return ns_fail(err, NS_EIO, "cannot read %s: %s", path, strerror(errno));
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        ns_buf_add(out, block, size);
    fclose(file);
    return out->failed ? ns_fail(err, NS_ENOMEM, "no memory for the report") : NS_OK;
}

int ns_page_picture(ns_page *page, const ns_plot_options *options, ns_err *err)
{
    static const char nothing[] = "nothing to plot";
    ns_plot_options o = *options;
    ns_buf path = {0}, svg = {0};
    ns_err why = {0};
    if (page->html.failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the report");
    o.db = page->db;
    o.stem = page->scratch;
    o.formats = NS_PLOT_SVG;
    int rc = ns_plot(&o, &why);
    if (rc == NS_EINVAL && strncmp(why.msg, nothing, strlen(nothing)) == 0)
        return NS_OK;
    if (rc != NS_OK)
        return ns_fail(err, rc, "%s", why.msg);
    ns_buf_printf(&path, "%s.svg", page->scratch);
    rc = path.failed ? ns_fail(err, NS_ENOMEM, "no memory for the report")
                     : read_file(path.data, &svg, err);
    if (path.data)
        unlink(path.data);
    if (rc == NS_OK) {
        page->pictures++;
        ns_buf_printf(&page->html, "<figure class=\"plot\" data-kind=\"%s\">", o.what);
        add_svg(page, svg.data);
        ns_buf_str(&page->html, "</figure>\n");
    }
    ns_buf_free(&path);
    ns_buf_free(&svg);
    return rc;
}

// -- The file -------------------------------------------------------------------------------------

static int write_page(const ns_page *page, const char *path, ns_err *err)
{
    ns_buf part = {0};
    ns_buf_printf(&part, "%s.part", path);
    if (part.failed || page->html.failed) {
        ns_buf_free(&part);
        return ns_fail(err, NS_ENOMEM, "no memory for the report");
    }
    FILE *file = fopen(part.data, "w");
    bool good = file && fwrite(page->html.data, 1, page->html.len, file) == page->html.len;
    good = file && fclose(file) == 0 && good && rename(part.data, path) == 0;
    int rc = good ? NS_OK : ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
    if (!good && file)
        unlink(part.data);
    ns_buf_free(&part);
    return rc;
}

int ns_report_page(const char *db, int64_t run_id, const char *const *notes, const char *path,
                   ns_err *err)
{
    ns_buf scratch = {0};
    ns_buf_printf(&scratch, "%s.picture", path);
    ns_page page = {.db = db, .scratch = scratch.data};
    int rc = scratch.failed ? ns_fail(err, NS_ENOMEM, "no memory for the report") : NS_OK;
    if (rc == NS_OK)
        rc = notes ? ns_page_sweep(&page, notes, err) : ns_page_run(&page, run_id, err);
    if (rc == NS_OK)
        rc = write_page(&page, path, err);
    ns_buf_free(&page.html);
    ns_buf_free(&scratch);
    return rc;
}
