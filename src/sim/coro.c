// Coroutines: a stack of their own, and a change of stack pointer.
//
// A switch saves what the ABI asks a function to preserve on the stack that it leaves, keeps that
// stack pointer, and loads the other. It takes a few nanoseconds; swapcontext(3), which serves
// machines that have no code here, makes two system calls for the signal mask as well.
// Floating-point control words are not switched: no simulated thread changes them.
#include "sim/coro.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"

#if !defined(NS_CORO_UCONTEXT) && !defined(__x86_64__) && !defined(__aarch64__)
#define NS_CORO_UCONTEXT 1
#endif
#ifdef NS_CORO_UCONTEXT
#include <ucontext.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define NS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NS_ASAN 1
#endif
#endif
#ifdef NS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifdef NS_CORO_UCONTEXT
typedef ucontext_t context;
#else
typedef void *context; // the stack pointer; what it points at is laid out by the assembly below
#endif

struct ns_coro {
    context self,
        resumer; // of the coroutine while it is suspended; of who resumed it while it runs
    ns_coro_fn fn;
    void *arg;
    char *mapping, *low, *high;
    size_t mapped;
    bool done, running;
    // For AddressSanitizer.
    void *fake_stack;
    const void *resumer_low;
    size_t resumer_size;
};

// -- Sanitizer ------------------------------------------------------------------------------------

// AddressSanitizer must know of each change of stack: before it, where to; after it, that it is
// done. `fake` keeps the frames that it moved off the stack; NULL drops them, for a stack that is
// left for good.
static inline void leave_stack(void **fake, const void *low, size_t size)
{
#ifdef NS_ASAN
    __sanitizer_start_switch_fiber(fake, low, size);
#endif
}

static inline void enter_stack(void *fake, const void **old_low, size_t *old_size)
{
#ifdef NS_ASAN
    __sanitizer_finish_switch_fiber(fake, old_low, old_size);
#endif
}

// A stack whose frames are never left by returning keeps red zones that the next mapping must not
// inherit.
static inline void forget_stack(const ns_coro *coro)
{
#ifdef NS_ASAN
    __asan_unpoison_memory_region(coro->low, (size_t)(coro->high - coro->low));
#endif
}

// -- The switch -----------------------------------------------------------------------------------

static void coro_main(ns_coro *coro);

#ifdef NS_CORO_UCONTEXT

static void context_switch(context *from, context *to)
{
    swapcontext(from, to);
}

// makecontext() passes only ints.
static void context_entry(unsigned high, unsigned low)
{
    coro_main((ns_coro *)(uintptr_t)((uint64_t)high << 32 | low));
}

static void context_make(ns_coro *coro)
{
    uint64_t address = (uintptr_t)coro;
    getcontext(&coro->self);
    coro->self.uc_stack.ss_sp = coro->low;
    coro->self.uc_stack.ss_size = (size_t)(coro->high - coro->low);
    coro->self.uc_link = NULL;
    makecontext(&coro->self, (void (*)(void))(void *)context_entry, 2, (unsigned)(address >> 32),
                (unsigned)address);
}

#else

// Both are defined by the assembly. coro_begin is where the first switch to a coroutine arrives: it
// calls a function with an argument, both from saved registers, and marks the end of the stack for
// unwinders.
void ns_coro_switch(void **from, void *to) __attribute__((visibility("hidden")));
void ns_coro_begin(void) __attribute__((visibility("hidden")));

#if defined(__x86_64__)
enum {
    FRAME_WORDS = 7,
    FRAME_FN = 3,
    FRAME_ARG = 2,
    FRAME_RETURN = 6
}; // r15 r14 r13 r12 rbx rbp rip
__asm__(".text\n"
        ".balign 16\n"
        ".hidden ns_coro_switch\n"
        ".globl ns_coro_switch\n"
        ".type ns_coro_switch, @function\n"
        "ns_coro_switch:\n"
        ".cfi_startproc\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".cfi_endproc\n"
        ".size ns_coro_switch, . - ns_coro_switch\n"
        ".balign 16\n"
        ".hidden ns_coro_begin\n"
        ".globl ns_coro_begin\n"
        ".type ns_coro_begin, @function\n"
        "ns_coro_begin:\n"
        ".cfi_startproc\n"
        ".cfi_undefined rip\n"
        "    movq %r13, %rdi\n"
        "    call *%r12\n"
        "    ud2\n"
        ".cfi_endproc\n"
        ".size ns_coro_begin, . - ns_coro_begin\n");
#else
enum { FRAME_WORDS = 20, FRAME_FN = 0, FRAME_ARG = 1, FRAME_RETURN = 11 }; // x19..x30, d8..d15
__asm__(".text\n"
        ".balign 16\n"
        ".hidden ns_coro_switch\n"
        ".globl ns_coro_switch\n"
        ".type ns_coro_switch, %function\n"
        "ns_coro_switch:\n"
        ".cfi_startproc\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    ret\n"
        ".cfi_endproc\n"
        ".size ns_coro_switch, . - ns_coro_switch\n"
        ".balign 16\n"
        ".hidden ns_coro_begin\n"
        ".globl ns_coro_begin\n"
        ".type ns_coro_begin, %function\n"
        "ns_coro_begin:\n"
        ".cfi_startproc\n"
        ".cfi_undefined x30\n"
        "    mov x0, x20\n"
        "    blr x19\n"
        "    brk #1\n"
        ".cfi_endproc\n"
        ".size ns_coro_begin, . - ns_coro_begin\n");
#endif

static void context_switch(context *from, context *to)
{
    ns_coro_switch(from, *to);
}

// The frame that the first switch to the coroutine pops: it leaves the stack pointer at `high`,
// 16-byte aligned as a call needs it.
static void context_make(ns_coro *coro)
{
    void **frame = (void **)(void *)coro->high - FRAME_WORDS;
    for (int i = 0; i < FRAME_WORDS; i++)
        frame[i] = NULL;
    frame[FRAME_FN] = (void *)coro_main;
    frame[FRAME_ARG] = coro;
    frame[FRAME_RETURN] = (void *)ns_coro_begin;
    coro->self = frame;
}

#endif

static void coro_main(ns_coro *coro)
{
    enter_stack(NULL, &coro->resumer_low, &coro->resumer_size);
    coro->fn(coro->arg);
    coro->done = true;
    coro->running = false;
    leave_stack(NULL, coro->resumer_low, coro->resumer_size);
    context_switch(&coro->self, &coro->resumer);
    assert(!"a coroutine that ended was resumed");
}

// -- Coroutines -----------------------------------------------------------------------------------

int ns_coro_new(ns_coro **out, size_t stack_size, ns_coro_fn fn, void *arg, ns_err *err)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *out = NULL;
    ns_coro *coro = stack_size < SIZE_MAX / 2 ? ns_calloc(1, sizeof *coro) : NULL;
    if (!coro)
        return ns_fail(err, NS_ENOMEM, "no memory for a stack of %zu bytes", stack_size);
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
    context_make(coro);
    *out = coro;
    return NS_OK;
}

void ns_coro_free(ns_coro *coro)
{
    if (!coro)
        return;
    assert(!coro->running);
    forget_stack(coro);
    munmap(coro->mapping, coro->mapped);
    ns_free(coro);
}

void ns_coro_resume(ns_coro *coro)
{
    assert(!coro->done && !coro->running);
    coro->running = true;
    void *fake = NULL;
    leave_stack(&fake, coro->low, (size_t)(coro->high - coro->low));
    context_switch(&coro->resumer, &coro->self);
    enter_stack(fake, NULL, NULL);
}

void ns_coro_yield(ns_coro *coro)
{
    assert(coro->running);
    coro->running = false;
    leave_stack(&coro->fake_stack, coro->resumer_low, coro->resumer_size);
    context_switch(&coro->self, &coro->resumer);
    enter_stack(coro->fake_stack, &coro->resumer_low, &coro->resumer_size);
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
