// Coroutines on ucontext(3), with a guard page under each stack.
#include "sim/coro.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define NS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NS_ASAN 1
#endif
#endif
#ifdef NS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

struct ns_coro {
    ucontext_t self, resumer;
    ns_coro_fn fn;
    void *arg;
    char *mapping, *low, *high;
    size_t mapped;
    bool done, running;
#ifdef NS_ASAN
    void *fake_stack;
    const void *resumer_low;
    size_t resumer_size;
#endif
};

#ifdef NS_ASAN
static void before_switch(void **fake, const void *low, size_t size)
{
    __sanitizer_start_switch_fiber(fake, low, size);
}
#endif

static void entry(unsigned high, unsigned low)
{
    ns_coro *coro = (ns_coro *)(((uintptr_t)high << 32) | low);
#ifdef NS_ASAN
    __sanitizer_finish_switch_fiber(NULL, &coro->resumer_low, &coro->resumer_size);
#endif
    coro->fn(coro->arg);
    coro->done = true;
    coro->running = false;
#ifdef NS_ASAN
    before_switch(NULL, coro->resumer_low, coro->resumer_size);
#endif
    setcontext(&coro->resumer);
}

int ns_coro_new(ns_coro **out, size_t stack_size, ns_coro_fn fn, void *arg, ns_err *err)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    ns_coro *coro = ns_calloc(1, sizeof *coro);
    *out = NULL;
    if (!coro)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    coro->mapped = (stack_size + page - 1) / page * page + page;
    coro->mapping = mmap(NULL, coro->mapped, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (coro->mapping == MAP_FAILED || mprotect(coro->mapping, page, PROT_NONE) != 0) {
        if (coro->mapping != MAP_FAILED)
            munmap(coro->mapping, coro->mapped);
        ns_free(coro);
        return ns_fail(err, NS_ENOMEM, "no memory for a stack of %zu bytes", stack_size);
    }
    coro->low = coro->mapping + page;
    coro->high = coro->mapping + coro->mapped;
    coro->fn = fn;
    coro->arg = arg;
    getcontext(&coro->self);
    coro->self.uc_stack.ss_sp = coro->low;
    coro->self.uc_stack.ss_size = (size_t)(coro->high - coro->low);
    coro->self.uc_link = NULL;
    uintptr_t p = (uintptr_t)coro;
    makecontext(&coro->self, (void (*)(void))(void *)entry, 2, (unsigned)(p >> 32), (unsigned)p);
    *out = coro;
    return NS_OK;
}

void ns_coro_free(ns_coro *coro)
{
    if (!coro)
        return;
    assert(!coro->running);
    munmap(coro->mapping, coro->mapped);
    ns_free(coro);
}

void ns_coro_resume(ns_coro *coro)
{
    assert(!coro->done && !coro->running);
    coro->running = true;
#ifdef NS_ASAN
    void *fake;
    before_switch(&fake, coro->low, (size_t)(coro->high - coro->low));
#endif
    swapcontext(&coro->resumer, &coro->self);
#ifdef NS_ASAN
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
}

void ns_coro_yield(ns_coro *coro)
{
    assert(coro->running);
    coro->running = false;
#ifdef NS_ASAN
    before_switch(&coro->fake_stack, coro->resumer_low, coro->resumer_size);
#endif
    swapcontext(&coro->self, &coro->resumer);
#ifdef NS_ASAN
    __sanitizer_finish_switch_fiber(coro->fake_stack, &coro->resumer_low, &coro->resumer_size);
#endif
}

bool ns_coro_done(const ns_coro *coro)
{
    return coro->done;
}

void ns_coro_stack(const ns_coro *coro, char **low, char **high)
{
    *low = coro->low;
    *high = coro->high;
}
