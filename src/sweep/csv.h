// Fields of CSV, as RFC 4180 has it.
#ifndef NS_SWEEP_CSV_H
#define NS_SWEEP_CSV_H

#include <stdio.h>

// A text, quoted where it has to be.
void ns_csv_text(const char *text, FILE *out);
// A comma and a number; nothing behind the comma when it is not finite.
void ns_csv_number(double value, FILE *out);

#endif
