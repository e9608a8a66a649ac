// Macros of the interpreter's loop, included inside JS_CallInternal and, with NS_LOOP_END, again
// after it to take them back.
//
// What was executed since the last flush, bytecodes above NS_COUNT_SHIFT and cost below, is
// ns_acc + the sum at `pc`: nothing is counted but where `pc` jumps. Inside of an instruction the
// sum is that of its end. A site's slot is found by the offset of the next instruction, where `pc`
// stands while an instruction with operands runs. Slot 0 is written to by whatever has no slot of
// its own.
#ifndef NS_LOOP_END

// `pc` has passed an opcode.
#ifndef NS_HISTOGRAM
#define NS_COUNT(pc)
#else // bench/fit-tiers: executions by the low bits of the cost, which its profile numbers
#define NS_COUNT(pc)                                                                               \
    do {                                                                                           \
        if (rt->ns.probe.hooks.tick)                                                               \
            ns_histogram[code->packed[(pc)-1 - b->byte_code_buf] & (NS_HISTOGRAM - 1)]++;          \
    } while (0)
#endif

#define NS_SUM(pc) (*(const uint64_t *)(sums + ((uintptr_t)(pc) << 3)))

// The activation runs `code` from `pc` on.
#define NS_RUN(code_, pc)                                                                          \
    do {                                                                                           \
        code = sf->ns_code = (code_);                                                              \
        sums = NS_BIASED(code->sums, b);                                                           \
        sf->ns_twin = NULL;                                                                        \
        if (unlikely(rt->ns.probe.twins))                                                          \
            sums = ns_twin_run(rt, sf, code, sums);                                                \
        sf->ns_acc = -NS_SUM(pc);                                                                  \
        sf->ns_pc = NULL;                                                                          \
    } while (0)

// From `pc` to another place in the bytecode.
#define NS_MOVE(to)                                                                                \
    do {                                                                                           \
        const uint8_t *to_ = (to);                                                                 \
        sf->ns_acc += NS_SUM(pc) - NS_SUM(to_);                                                    \
        pc = to_;                                                                                  \
    } while (0)

// Around what may change the code's costs and does not say where it is (cur_pc).
#define NS_AT(what)                                                                                \
    do {                                                                                           \
        sf->ns_pc = pc;                                                                            \
        what;                                                                                      \
        sf->ns_pc = NULL;                                                                          \
    } while (0)

#define NS_FLUSH()                                                                                 \
    do {                                                                                           \
        uint64_t sum_ = NS_SUM(pc), acc_ = sf->ns_acc + sum_;                                      \
        if (unlikely(sf->ns_twin != NULL))                                                         \
            acc_ = ns_twin_flush(rt, sf, acc_);                                                    \
        uint64_t units_ = acc_ & NS_COST_MASK;                                                     \
        code->bytecodes += acc_ >> NS_COUNT_SHIFT;                                                 \
        code->cost += units_;                                                                      \
        rt->ns.probe.cost += units_;                                                               \
        sf->ns_acc = -sum_;                                                                        \
        if (unlikely(rt->ns.probe.cost >= rt->ns.probe.sample)) {                                  \
            sf->cur_pc = pc;                                                                       \
            rt->ns.probe.hooks.sampled(rt->ns.probe.hooks.profiler);                               \
        }                                                                                          \
    } while (0)

// A jump backwards weighs as much as the loop's body, a return as the function up to there; a jump
// forwards gives back what it leaves out (V8: src/interpreter/interpreter-assembler.cc,
// UpdateInterruptBudget).
#define NS_WEIGH(from, to)                                                                         \
    (code->weight && unlikely((fn->budget -= code->weight[(from)-b->byte_code_buf] - (to)) < 0))

#define NS_RETURN()                                                                                \
    do {                                                                                           \
        NS_FLUSH();                                                                                \
        if (unlikely(kept))                                                                        \
            ns_registers_end(rt, registers, kept);                                                 \
        if (NS_WEIGH(pc, 0))                                                                       \
            ns_tick(rt, code, pc - b->byte_code_buf, NS_INSN_NO_TARGET);                           \
        if (unlikely(fn->alert & NS_ALERT_TRACED))                                                 \
            ns_left(rt, fn);                                                                       \
    } while (0)

#define NS_JUMP(distance)                                                                          \
    do {                                                                                           \
        int diff_ = (distance);                                                                    \
        NS_MOVE(pc + diff_);                                                                       \
        if (diff_ < 0) {                                                                           \
            NS_FLUSH();                                                                            \
            fn->back_edges++;                                                                      \
            if (NS_WEIGH(pc - diff_, code->weight[pc - b->byte_code_buf]))                         \
                NS_RUN(ns_tick_loop(rt, sf, pc - diff_ - b->byte_code_buf, pc - b->byte_code_buf), \
                       pc);                                                                        \
            if (unlikely(!fn->slots && fn->slot_state == NS_SLOTS_UNMADE))                         \
                ns_make_slots(rt, b);                                                              \
            if (unlikely(rt->ns.probe.cost >= rt->ns.probe.budget)) {                              \
                sf->cur_pc = pc;                                                                   \
                if (unlikely(kept))                                                                \
                    kept = ns_registers_written(rt, sf, b, registers, kept, stack_buf, 0);         \
                if (ns_quantum(ctx))                                                               \
                    goto exception;                                                                \
            }                                                                                      \
        } else if (code->weight) {                                                                 \
            const uint32_t *to_ = &code->weight[pc - b->byte_code_buf];                            \
            fn->budget += *to_ - *(to_ - diff_);                                                   \
        }                                                                                          \
    } while (0)

// What the instruction that `pc` stands behind allocates and V8 does not (ns_removed).
#define NS_REMOVED() (code->removed ? code->removed[pc - b->byte_code_buf] : NS_REMOVED_NONE)
#define NS_ALLOCATE()                                                                              \
    uint8_t removed_ = NS_REMOVED();                                                               \
    if (unlikely(removed_))                                                                        \
    (removed_ == NS_REMOVED_ALL ? (rt->ns.quiet = true) : (rt->ns.skip = NS_SKIP_OBJECT))
#define NS_ALLOCATED()                                                                             \
    do {                                                                                           \
        if (unlikely(removed_))                                                                    \
            rt->ns.quiet = false, rt->ns.skip = NS_SKIP_NONE;                                      \
    } while (0)

// The registers of a frame that is not optimized are roots (InterpretedFrame::Iterate): what one of
// them held last lives until it is written to again, as arguments of a call do, in a loop until the
// next round. Ignition gives temporaries registers as QuickJS gives them places on its stack. Here
// the first of them are kept, and written to by calls.
#define NS_KEEP(value, place)                                                                      \
    do {                                                                                           \
        JSValue dropped_ = (value);                                                                \
        ptrdiff_t register_ = (place)-stack_buf;                                                   \
        if (unlikely(ns_is_temporary(dropped_)) && code->tier != NS_TIER_TURBOFAN &&               \
            register_ < NS_REGISTERS) {                                                            \
            if (kept >> register_ & 1)                                                             \
                JS_FreeValue(ctx, registers[register_]);                                           \
            registers[register_] = dropped_;                                                       \
            kept |= 1u << register_;                                                               \
        } else {                                                                                   \
            JS_FreeValue(ctx, dropped_);                                                           \
        }                                                                                          \
    } while (0)
#define NS_DROP(place) NS_KEEP(*(place), place)

// A call: what stands on the stack is in registers.
#define NS_WRITTEN()                                                                               \
    do {                                                                                           \
        if (likely(!kept))                                                                         \
            break;                                                                                 \
        if (code->tier == NS_TIER_TURBOFAN) {                                                      \
            ns_registers_end(rt, registers, kept);                                                 \
            kept = 0;                                                                              \
        } else {                                                                                   \
            kept = ns_registers_written(rt, sf, b, registers, kept, stack_buf, sp - stack_buf);    \
        }                                                                                          \
    } while (0)

// A block begins, and one of its variables has no value yet.
#define NS_SHADE(index)                                                                            \
    do {                                                                                           \
        if (unlikely(JS_VALUE_HAS_REF_COUNT(var_buf[index])) && code->tier != NS_TIER_TURBOFAN)    \
            kept = ns_shade(rt, b, registers, kept, var_buf, index);                               \
        else                                                                                       \
            set_value(ctx, &var_buf[index], JS_UNINITIALIZED);                                     \
    } while (0)

// Around an instruction that evaluates a literal.
#define NS_LITERAL()                                                                               \
    (rt->ns.probe.literal =                                                                        \
         likely(fn->slots) ? ns_literal(rt, fn, pc - b->byte_code_buf, code->tier) : 0)
#define NS_LITERAL_END() (rt->ns.probe.literal = 0)

#define NS_SLOT() (*(ns_slot **)(fn->site_at + ((uintptr_t)pc << 3)))

#define NS_TAG(tag)                                                                                \
    do {                                                                                           \
        if (likely(fn->site_at)) {                                                                 \
            ns_slot *slot_ = NS_SLOT();                                                            \
            uint32_t tags_ = (tag);                                                                \
            slot_->hits++;                                                                         \
            if (unlikely(tags_ & ~slot_->tags))                                                    \
                NS_AT(ns_slot_tag(rt, slot_, tags_));                                              \
        }                                                                                          \
    } while (0)

// Arithmetic yielded a double.
#define NS_YIELDS_DOUBLE()                                                                         \
    do {                                                                                           \
        if (code->tier != NS_TIER_TURBOFAN ||                                                      \
            unlikely(code->boxed && code->boxed[pc - b->byte_code_buf]))                           \
            ns_box(rt);                                                                            \
        if (unlikely(sf->ns_twin != NULL))                                                         \
            ns_twin_yields_double(rt, sf, pc - b->byte_code_buf);                                  \
    } while (0)

#define NS_TAG1(op) NS_TAG(ns_tag_of(op))
#define NS_TAG2(op1, op2) NS_TAG(ns_tag_of(op1) | ns_tag_of(op2))
// Of the slow paths of arithmetic, whose operands are gone when the result is there. `place` of it.
#define NS_RESULT(tags, call, place)                                                               \
    ({                                                                                             \
        uint32_t operands_ = (tags);                                                               \
        if (operands_ == NS_FB_BIGINT)                                                             \
            rt->ns.quiet = true;                                                                   \
        int failed_ = (call);                                                                      \
        if (operands_ == NS_FB_BIGINT)                                                             \
            rt->ns.quiet = false;                                                                  \
        bool double_ = !failed_ && JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(place));                     \
        if (double_)                                                                               \
            NS_YIELDS_DOUBLE();                                                                    \
        else if (operands_ == NS_FB_BIGINT && !failed_)                                            \
            ns_bigint_ends(rt, place);                                                             \
        NS_TAG(double_ ? ns_tag_result(operands_) : operands_);                                    \
        failed_;                                                                                   \
    })

#define NS_CALL(target, ... /* receiver */)                                                        \
    do {                                                                                           \
        NS_FLUSH();                                                                                \
        rt->ns.calling = NULL;                                                                     \
        if (likely(fn->site_at)) {                                                                 \
            ns_slot *slot_ = NS_SLOT();                                                            \
            uint32_t id_ = ns_target_id(rt, target);                                               \
            if (unlikely(id_ == (NS_TARGET_NATIVE | NS_TARGET_CALL)))                              \
                id_ = ns_target_through(rt, slot_, __VA_ARGS__);                                   \
            ns_see_target(rt, slot_, id_);                                                         \
            if (unlikely(sf->ns_twin != NULL)) {                                                   \
                rt->ns.calling = sf->ns_twin;                                                      \
                rt->ns.calling_slot = slot_ - fn->slots;                                           \
                rt->ns.calling_began = sf->ns_began;                                               \
            }                                                                                      \
            if (unlikely(code->inlined != NULL))                                                   \
                rt->ns.entering = code->inlined[slot_ - fn->slots];                                \
        }                                                                                          \
    } while (0)

// Optimized code keeps doubles in registers; to whom it hands a value wants a HeapNumber.
#define NS_BOXED(value)                                                                            \
    do {                                                                                           \
        if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(value)) && code->tier == NS_TIER_TURBOFAN &&        \
            !ns_is_small(value))                                                                   \
            ns_box(rt);                                                                            \
    } while (0)

#define JS_CallInternal(ctx, func, this_, new_target_, argc_, argv_, flags_)                       \
    ({                                                                                             \
        NS_CALL(func, this_);                                                                      \
        const ns_compiled *inlined_ = rt->ns.entering;                                             \
        JSValue result_ = JS_CallInternal(ctx, func, this_, new_target_, argc_, argv_, flags_);    \
        if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(result_)) && !inlined_)                             \
            ns_call_yields_double(rt, code->tier, func, result_);                                  \
        result_;                                                                                   \
    })
#define JS_CallConstructorInternal(ctx, func, ...)                                                 \
    ({                                                                                             \
        NS_CALL(func, JS_UNDEFINED);                                                               \
        rt->ns.skip = NS_REMOVED() ? NS_SKIP_OBJECT : NS_SKIP_NONE;                                \
        JS_CallConstructorInternal(ctx, func, __VA_ARGS__);                                        \
    })
#define js_function_apply(ctx, func, ...)                                                          \
    ({                                                                                             \
        NS_CALL(func, JS_UNDEFINED);                                                               \
        js_function_apply(ctx, func, __VA_ARGS__);                                                 \
    })

#define JS_GetProperty(ctx, obj, prop)                                                             \
    (likely(fn->site_at) ? ns_load(ctx, NS_SLOT(), obj, prop, code->tier)                          \
                         : JS_GetProperty(ctx, obj, prop))
#define JS_SetPropertyInternal(ctx, obj, prop, val, receiver, flags)                               \
    (likely(fn->site_at) ? ns_store(ctx, NS_SLOT(), obj, prop, val, receiver, flags, code->tier)   \
                         : JS_SetPropertyInternal(ctx, obj, prop, val, receiver, flags))
#define JS_GetPropertyValue(ctx, obj, prop)                                                        \
    (likely(fn->site_at) ? ns_keyed_load(ctx, NS_SLOT(), obj, prop, code->tier)                    \
                         : JS_GetPropertyValue(ctx, obj, prop))
#define JS_SetPropertyValue(ctx, obj, prop, val, flags)                                            \
    ({                                                                                             \
        int ret_ = likely(fn->site_at)                                                             \
                       ? ns_keyed_set(ctx, NS_SLOT(), obj, prop, val, flags, code->tier)           \
                       : JS_SetPropertyValue(ctx, obj, prop, val, flags);                          \
        if (unlikely(rt->ns.keyed))                                                                \
            ns_keyed_stored(ctx, obj);                                                             \
        ret_;                                                                                      \
    })

#pragma push_macro("JS_VALUE_IS_BOTH_INT")
#pragma push_macro("JS_VALUE_IS_BOTH_FLOAT")
#undef JS_VALUE_IS_BOTH_INT
#undef JS_VALUE_IS_BOTH_FLOAT
#define JS_VALUE_IS_BOTH_INT(v1, v2)                                                               \
    ((JS_VALUE_GET_TAG(v1) | JS_VALUE_GET_TAG(v2)) == JS_TAG_INT && ({                             \
         NS_TAG(NS_FB_SMI);                                                                        \
         1;                                                                                        \
     }))
#define JS_VALUE_IS_BOTH_FLOAT(v1, v2)                                                             \
    (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(v1)) && JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(v2)) && ({      \
         NS_YIELDS_DOUBLE();                                                                       \
         NS_TAG(NS_FB_NUMBER);                                                                     \
         1;                                                                                        \
     }))

#define js_add_slow(ctx, sp_)                                                                      \
    NS_RESULT(ns_tag_of((sp_)[-2]) | ns_tag_of((sp_)[-1]), js_add_slow(ctx, sp_), (sp_)[-2])
#define js_binary_arith_slow(ctx, sp_, op)                                                         \
    NS_RESULT(ns_tag_of((sp_)[-2]) | ns_tag_of((sp_)[-1]), js_binary_arith_slow(ctx, sp_, op),     \
              (sp_)[-2])
#define js_binary_logic_slow(ctx, sp_, op)                                                         \
    NS_RESULT(ns_tag_of((sp_)[-2]) | ns_tag_of((sp_)[-1]), js_binary_logic_slow(ctx, sp_, op),     \
              (sp_)[-2])
#define js_shr_slow(ctx, sp_)                                                                      \
    NS_RESULT(ns_tag_of((sp_)[-2]) | ns_tag_of((sp_)[-1]), js_shr_slow(ctx, sp_), (sp_)[-2])
#define js_relational_slow(ctx, sp_, op)                                                           \
    ({                                                                                             \
        NS_TAG2((sp_)[-2], (sp_)[-1]);                                                             \
        js_relational_slow(ctx, sp_, op);                                                          \
    })
#define js_eq_slow(ctx, sp_, neq)                                                                  \
    ({                                                                                             \
        NS_TAG2((sp_)[-2], (sp_)[-1]);                                                             \
        js_eq_slow(ctx, sp_, neq);                                                                 \
    })
#define js_strict_eq_slow(ctx, sp_, neq)                                                           \
    ({                                                                                             \
        NS_TAG2((sp_)[-2], (sp_)[-1]);                                                             \
        js_strict_eq_slow(ctx, sp_, neq);                                                          \
    })
#define js_unary_arith_slow(ctx, sp_, op)                                                          \
    NS_RESULT(ns_tag_of((sp_)[-1]), js_unary_arith_slow(ctx, sp_, op), (sp_)[-1])
#define js_post_inc_slow(ctx, sp_, op)                                                             \
    NS_RESULT(ns_tag_of((sp_)[-1]), js_post_inc_slow(ctx, sp_, op), (sp_)[0])
#define js_not_slow(ctx, sp_) NS_RESULT(ns_tag_of((sp_)[-1]), js_not_slow(ctx, sp_), (sp_)[-1])

#else

#undef NS_LOOP_END
#undef JS_CallInternal
#undef JS_CallConstructorInternal
#undef js_function_apply
#undef JS_GetProperty
#undef JS_SetPropertyInternal
#undef JS_GetPropertyValue
#undef JS_SetPropertyValue
#pragma pop_macro("JS_VALUE_IS_BOTH_INT")
#pragma pop_macro("JS_VALUE_IS_BOTH_FLOAT")
#undef js_add_slow
#undef js_binary_arith_slow
#undef js_binary_logic_slow
#undef js_shr_slow
#undef js_relational_slow
#undef js_eq_slow
#undef js_strict_eq_slow
#undef js_unary_arith_slow
#undef js_post_inc_slow
#undef js_not_slow

#endif
