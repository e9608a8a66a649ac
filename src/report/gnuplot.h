// gnuplot as an external program.
#ifndef NS_REPORT_GNUPLOT_H
#define NS_REPORT_GNUPLOT_H

#include "base/buf.h"
#include "base/err.h"

// Run a script. NS_EINVAL when gnuplot is not installed, NS_EIO with its message when it fails.
int ns_gnuplot_run(const ns_buf *script, ns_err *err);

// A string as gnuplot reads it, in single quotes.
void ns_gnuplot_quote(ns_buf *out, const char *text);

#endif
