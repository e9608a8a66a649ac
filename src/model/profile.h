// The machine profile: every constant of the models, with its unit and where it comes from.
// Profiles are JSON (profiles/*.json), the default one is embedded in the executable.
//
// A constant is {"value": N, "unit": "ns", "source": "..."}; its name is its path in the file,
// joined by dots: "pool.wakeup", "crypto.pbkdf2.sha512_per_iteration". The default profile is a
// file for each first component (profiles/default/pool.json holds "pool.*", without that
// component). A user's profile is one file that names the profile it extends and any of its
// constants:
//
//   {"extends": "default", "pool": {"wakeup": {"value": 20000, "source": "perf trace"}}}
//
// "value" is a number >= 0, or a string where the profile that it extends has one. "unit" may be
// left out there; if it is given it must be the same. "extends" is "default" (also when left out)
// or a path relative to the file.
#ifndef NS_MODEL_PROFILE_H
#define NS_MODEL_PROFILE_H

#include <stdbool.h>

#include "base/err.h"
#include "sim/sim.h"

typedef struct ns_profile ns_profile;

// `name` is a built-in profile ("default") or the path of a JSON file. NS_EINVAL with file and key,
// NS_EIO, NS_ENOMEM.
int ns_profile_load(ns_profile **out, const char *name, ns_err *err);
void ns_profile_free(ns_profile *profile);

const char *ns_profile_name(const ns_profile *profile); // as it was given to ns_profile_load

// The value of a constant. A name that no profile has is a defect of nsim: it aborts with the name.
// A hash table, about 50 ns: read constants once, where a model is made, not in a hot path.
double ns_profile_get(const ns_profile *profile, const char *name);
static inline ns_time ns_profile_ns(const ns_profile *profile, const char *name)
{
    return (ns_time)(ns_profile_get(profile, name) + 0.5);
}
const char *ns_profile_text(const ns_profile *profile, const char *name); // of a constant with text
bool ns_profile_has(const ns_profile *profile, const char *name);

// All constants in the order of their names, for documentation and for the record of a run.
typedef struct ns_constant {
    const char *name, *unit, *source;
    const char *text; // NULL when the value is a number
    double value;
} ns_constant;
int ns_profile_count(const ns_profile *profile);
ns_constant ns_profile_at(const ns_profile *profile, int index);

#endif
