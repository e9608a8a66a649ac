// Numbers that may be missing, in JSON.
#ifndef NS_SWEEP_JSON_H
#define NS_SWEEP_JSON_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/err.h"

// Add a number; null when it is not finite.
void ns_json_number(cJSON *json, const char *name, double value);

// Print and delete: NS_ENOMEM, NS_EIO.
int ns_json_print(cJSON *json, FILE *out, ns_err *err);

#endif
