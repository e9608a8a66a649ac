// Traces carry some records whole: their fields are those of the tables.
#include <criterion/criterion.h>

#include "report/schema.h"
#include "trace/nst.h"

Test(trace_fields, traces_have_every_column_but_the_time)
{
    static const ns_rec_type types[] = {NS_REC_ALLOC_SITE, NS_REC_JIT_FUNCTION, NS_REC_JIT_EVENT,
                                        NS_REC_IC_SITE};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const ns_table *table = &ns_schema_tables[types[i]];
        int count;
        const ns_nst_field *fields = ns_nst_fields(types[i], &count);
        int times = 0;
        for (int column = 0; column < table->count; column++) {
            bool found = false;
            for (int field = 0; field < count; field++)
                found |= fields[field].offset == table->columns[column].offset;
            if (types[i] == NS_REC_JIT_EVENT &&
                table->columns[column].offset == offsetof(ns_record, jit_event.t_ns))
                times++;
            else
                cr_assert(found, "%s.%s is not in traces", table->name,
                          table->columns[column].name);
        }
        cr_assert_eq(count + times, table->count);
    }
}
