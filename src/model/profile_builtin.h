// The files of profiles/default, embedded at build time (cmake/Profiles.cmake).
#ifndef NS_MODEL_PROFILE_BUILTIN_H
#define NS_MODEL_PROFILE_BUILTIN_H

typedef struct ns_profile_part {
    const char *name; // the first component of its constants' names: "disk" for disk.json
    const char *text;
} ns_profile_part;

extern const ns_profile_part ns_profile_builtin[]; // ends with a NULL name

#endif
