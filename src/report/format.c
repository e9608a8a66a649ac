#include "report/format.h"

#include <stdio.h>

void ns_format_time(char out[32], int64_t ns)
{
    static const struct {
        int64_t unit;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    int i = 0;
    int64_t size = ns < 0 ? -ns : ns;
    while (i < 3 && size < units[i].unit)
        i++;
    if (ns == 0) {
        snprintf(out, 32, "0");
        return;
    }
    double value = (double)ns / (double)units[i].unit;
    double magnitude = value < 0 ? -value : value;
    int digits = units[i].unit == 1 || magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
    snprintf(out, 32, "%.*f %s", digits, value, units[i].name);
}
