#include "sweep/json.h"

#include <math.h>

void ns_json_number(cJSON *json, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(json, name, value);
    else
        cJSON_AddNullToObject(json, name);
}

int ns_json_print(cJSON *json, FILE *out, ns_err *err)
{
    char *text = cJSON_Print(json);
    int rc = text ? NS_OK : ns_fail(err, NS_ENOMEM, "out of memory");
    if (text && fprintf(out, "%s\n", text) < 0)
        rc = ns_fail(err, NS_EIO, "cannot write JSON");
    cJSON_free(text);
    cJSON_Delete(json);
    return rc;
}
