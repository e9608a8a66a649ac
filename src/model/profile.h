// The machine profile: every constant of the models, with its unit and where it comes from. Profiles
// are JSON (profiles/*.json), the default one is embedded in the executable.
//
// A constant is {"value": N, "unit": "ns", "source": "..."}; its name is its path in the file, joined
// by dots: "pool.wakeup", "crypto.pbkdf2.sha512_per_iteration".
#ifndef NS_MODEL_PROFILE_H
#define NS_MODEL_PROFILE_H

#include <stdbool.h>

#include "base/err.h"
#include "sim/sim.h"

typedef struct ns_profile ns_profile;

// `name` is a built-in profile ("default") or the path of a JSON file. NS_EINVAL with file and key.
int ns_profile_load(ns_profile **out, const char *name, ns_err *err);
void ns_profile_free(ns_profile *profile);

const char *ns_profile_name(const ns_profile *profile);

// The value of a constant. A name that no profile has is a defect of nsim: it aborts with the name.
double ns_profile_get(const ns_profile *profile, const char *name);
static inline ns_time ns_profile_ns(const ns_profile *profile, const char *name)
{
    return (ns_time)(ns_profile_get(profile, name) + 0.5);
}
bool ns_profile_has(const ns_profile *profile, const char *name);

#endif
