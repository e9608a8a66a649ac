#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <float.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/coro.h"

typedef struct trail {
    ns_coro *self, *other;
    char text[256];
    size_t len;
    int count;
} trail;

static void mark(trail *t, char c)
{
    t->text[t->len++] = c;
}

static void three_steps(void *arg)
{
    trail *t = arg;
    for (char c = 'a'; c < 'd'; c++) {
        mark(t, c);
        ns_coro_yield(t->self);
    }
    mark(t, 'd');
}

Test(coro, goes_on_where_it_yielded)
{
    trail t = {0};
    cr_assert(eq(int, ns_coro_new(&t.self, 65536, three_steps, &t, NULL), NS_OK));
    for (int i = 0; i < 4; i++) {
        cr_assert(not(ns_coro_done(t.self)));
        ns_coro_resume(t.self);
        mark(&t, '.');
    }
    cr_assert(ns_coro_done(t.self));
    cr_assert(eq(str, t.text, "a.b.c.d."));
    ns_coro_free(t.self);
}

static void outer(void *arg)
{
    trail *t = arg;
    mark(t, '(');
    ns_coro_resume(t->other);
    mark(t, ')');
    ns_coro_yield(t->self);
    ns_coro_resume(t->other);
    mark(t, ']');
}

static void inner(void *arg)
{
    trail *t = arg;
    mark(t, '1');
    ns_coro_yield(t->other);
    mark(t, '2');
}

Test(coro, one_may_resume_another)
{
    trail t = {0};
    cr_assert(eq(int, ns_coro_new(&t.self, 65536, outer, &t, NULL), NS_OK));
    cr_assert(eq(int, ns_coro_new(&t.other, 65536, inner, &t, NULL), NS_OK));
    ns_coro_resume(t.self);
    ns_coro_resume(t.self);
    cr_assert(ns_coro_done(t.self));
    cr_assert(ns_coro_done(t.other));
    cr_assert(eq(str, t.text, "(1)2]"));
    ns_coro_free(t.self);
    ns_coro_free(t.other);
}

// A suspended coroutine is resumed from another stack than the one that started it.
static void resume_other(void *arg)
{
    trail *t = arg;
    ns_coro_resume(t->other);
}

Test(coro, the_resumer_may_change)
{
    trail t = {0};
    ns_coro *second;
    cr_assert(eq(int, ns_coro_new(&t.other, 65536, inner, &t, NULL), NS_OK));
    ns_coro_resume(t.other);
    cr_assert(eq(int, ns_coro_new(&second, 65536, resume_other, &t, NULL), NS_OK));
    ns_coro_resume(second);
    cr_assert(ns_coro_done(t.other));
    cr_assert(ns_coro_done(second));
    cr_assert(eq(str, t.text, "12"));
    ns_coro_free(t.other);
    ns_coro_free(second);
}

// Registers that a call preserves, floating-point values and the stack's alignment survive a
// switch.
static void compute(void *arg)
{
    trail *t = arg;
    double x = 1.5, y = 2.5, z = 3.5;
    long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    _Alignas(16) char aligned[16];
    cr_assert(eq(uint, (unsigned)((uintptr_t)aligned % 16), 0));
    for (int i = 0; i < 1000; i++) {
        snprintf(aligned, sizeof aligned, "%.1f", x); // variadic: uses aligned vector stores
        ns_coro_yield(t->self);
        x += y, y += z, z = -z;
        a += b, b += c, c += d, d += e, e += f, f -= 7;
    }
    t->count = (int)(a % 1000) + (int)x;
}

Test(coro, keeps_its_registers)
{
    trail one = {0}, two = {0};
    cr_assert(eq(int, ns_coro_new(&one.self, 65536, compute, &one, NULL), NS_OK));
    cr_assert(eq(int, ns_coro_new(&two.self, 65536, compute, &two, NULL), NS_OK));
    for (int i = 0; i <= 1000; i++) {
        ns_coro_resume(one.self);
        ns_coro_resume(two.self);
    }
    cr_assert(ns_coro_done(one.self));
    double x = 1.5, y = 2.5, z = 3.5;
    long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    for (int i = 0; i < 1000; i++) {
        x += y, y += z, z = -z;
        a += b, b += c, c += d, d += e, e += f, f -= 7;
    }
    cr_assert(eq(int, one.count, (int)(a % 1000) + (int)x));
    cr_assert(eq(int, two.count, one.count));
    ns_coro_free(one.self);
    ns_coro_free(two.self);
}

static void deep(void *arg)
{
    trail *t = arg;
    volatile char frame[512];
    memset((char *)frame, t->count, sizeof frame);
    if (++t->count < 100)
        deep(arg);
    else
        ns_coro_yield(t->self);
    t->len += (size_t)frame[0] * 0 + 1;
}

Test(coro, a_suspended_one_may_be_freed_and_its_memory_used_again)
{
    for (int i = 0; i < 50; i++) {
        trail t = {0};
        cr_assert(eq(int, ns_coro_new(&t.self, 256 << 10, deep, &t, NULL), NS_OK));
        ns_coro_resume(t.self);
        cr_assert(not(ns_coro_done(t.self)));
        char *low, *high;
        ns_coro_stack(t.self, &low, &high);
        cr_assert(ge(sz, (size_t)(high - low), 256 << 10));
        ns_coro_free(t.self);
    }
    trail t = {0}; // on what is likely the same memory
    cr_assert(eq(int, ns_coro_new(&t.self, 256 << 10, deep, &t, NULL), NS_OK));
    ns_coro_resume(t.self);
    ns_coro_resume(t.self);
    cr_assert(ns_coro_done(t.self));
    cr_assert(eq(sz, t.len, 100));
    ns_coro_free(t.self);
}

Test(coro, one_never_resumed_may_be_freed)
{
    trail t = {0};
    cr_assert(eq(int, ns_coro_new(&t.self, 1, three_steps, &t, NULL), NS_OK));
    ns_coro_free(t.self);
    ns_coro_free(NULL);
    cr_assert(eq(sz, t.len, 0));
}

static void locate(void *arg)
{
    trail *t = arg;
    char *low, *high, here;
    ns_coro_stack(t->self, &low, &high);
    t->count = &here >= low && &here < high;
    memset(low, 1, 64); // the lowest bytes are usable
}

Test(coro, runs_on_its_stack)
{
    trail t = {0};
    cr_assert(eq(int, ns_coro_new(&t.self, 65536, locate, &t, NULL), NS_OK));
    ns_coro_resume(t.self);
#if !defined(__SANITIZE_ADDRESS__) // its fake stack holds the variable
    cr_assert(eq(int, t.count, 1));
#endif
    ns_coro_free(t.self);
}

static void overrun(void *arg)
{
    trail *t = arg;
    char *low, *high;
    ns_coro_stack(t->self, &low, &high);
    *(volatile char *)(low - 1) = 1;
}

#if !defined(__SANITIZE_ADDRESS__) // it catches the signal first
Test(coro, a_guard_page_lies_below, .signal = SIGSEGV)
{
    trail t = {0};
    cr_assert(eq(int, ns_coro_new(&t.self, 65536, overrun, &t, NULL), NS_OK));
    ns_coro_resume(t.self);
}
#endif

Test(coro, a_stack_that_cannot_be_had_is_an_error)
{
    ns_coro *coro = (ns_coro *)&coro;
    ns_err err = {0};
    (void)overrun;
    cr_assert(eq(int, ns_coro_new(&coro, SIZE_MAX - 100, three_steps, NULL, &err), NS_ENOMEM));
    cr_assert(eq(ptr, coro, NULL));
    cr_assert(eq(int, ns_coro_new(&coro, SIZE_MAX / 4, three_steps, NULL, &err), NS_ENOMEM));
    cr_assert(eq(ptr, coro, NULL));
    cr_assert(ne(ptr, strstr(err.msg, "no memory for a stack"), NULL));
}
