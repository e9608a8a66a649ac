// Times for people.
#ifndef NS_REPORT_FORMAT_H
#define NS_REPORT_FORMAT_H

#include <stdint.h>

// Three significant digits with a unit: "207 ms", "1.24 s", "0". out must hold 32 bytes.
void ns_format_time(char out[32], int64_t ns);

#endif
