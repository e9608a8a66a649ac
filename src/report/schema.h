// The tables that are not records, and the numbers that mark a database as nsim's.
#ifndef NS_REPORT_SCHEMA_H
#define NS_REPORT_SCHEMA_H

enum { NS_SCHEMA_VERSION = 1, NS_APPLICATION_ID = 0x6e73696d }; // "nsim"

extern const char ns_schema_run[];        // CREATE TABLE run, sweep, sweep_point
extern const char ns_schema_insert_run[]; // with named parameters
extern const char ns_schema_update_run[];

#endif
