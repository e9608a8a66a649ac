"""Probes: executed bytecodes, feedback slots, work of builtins, allocations; and what keeps the host
out: clock, random seed, time zone. The bodies are in probe*.c.inc and errors*.c.inc. See
tools/patch-quickjs."""

EDITS = [
    {
        "name": "header of the additions",
        "file": "quickjs.c",
        "find": '#include "dtoa.h"\n',
        "put": '#include "dtoa.h"\n#include "probe_patch.h"\n',
    },
    {
        "name": "state in JSRuntime",
        "file": "quickjs.c",
        "find": "struct JSRuntime {\n",
        "put": "struct JSRuntime {\n    ns_runtime ns;\n",
    },
    # -- The host's clock, entropy and time zone ----------------------------------------------------
    {
        "name": "Math.random's seed",
        "file": "quickjs.c",
        "find": "    struct timeval tv;\n    gettimeofday(&tv, NULL);\n"
                "    ctx->random_state = ((int64_t)tv.tv_sec * 1000000) + tv.tv_usec;\n",
        "put": "    ctx->random_state = ns_random_state(ctx);\n",
    },
    {
        "name": "Date's clock",
        "file": "quickjs.c",
        "find": "static int64_t date_now(void) {\n    struct timeval tv;\n    gettimeofday(&tv, NULL);\n"
                "    return (int64_t)tv.tv_sec * 1000 + (tv.tv_usec / 1000);\n}\n",
        "put": "",
    },
    {
        "name": "Date's clock, new Date",
        "file": "quickjs.c",
        "find": "val = date_now();",
        "put": "val = ns_date_now(ctx);",
    },
    {
        "name": "Date's clock, Date.now",
        "file": "quickjs.c",
        "find": "JS_NewInt64(ctx, date_now())",
        "put": "JS_NewInt64(ctx, ns_date_now(ctx))",
    },
    {
        "name": "local time is UTC",
        "file": "quickjs.c",
        "find": "    time_t ti;\n    int res;\n\n    time /= 1000; /* convert to seconds */\n",
        "put": "    return 0;\n    time_t ti;\n    int res;\n\n    time /= 1000;\n",
    },
    # -- Limits -----------------------------------------------------------------------------------
    {
        "name": "stack overflow",
        "file": "quickjs.c",
        "find": '    return JS_ThrowInternalError(ctx, "stack overflow");\n',
        "put": '    return JS_ThrowRangeError(ctx, "Maximum call stack size exceeded");\n',
    },
    {
        "name": "stack overflow in the parser",
        "file": "quickjs.c",
        "times": 2,
        "find": '        return js_parse_error(s, "stack overflow");\n',
        "put": "        return JS_ThrowStackOverflow(s->ctx), -1;\n",
    },
    {
        "name": "poll",
        "file": "quickjs.c",
        "find": "    if (unlikely(--ctx->interrupt_counter <= 0)) {\n        return __js_poll_interrupts(ctx);\n",
        "put": "    if (unlikely(ctx->rt->ns.probe.cost >= ctx->rt->ns.probe.budget)) {\n"
               "        return ns_quantum(ctx);\n",
    },
    {
        "name": "no budget until one is set",
        "file": "quickjs.c",
        "find": "    rt->malloc_gc_threshold = 256 * 1024;\n",
        "put": "    rt->malloc_gc_threshold = 256 * 1024;\n    ns_runtime_init(rt);\n",
    },
    {
        "name": "out of memory ends the program",
        "file": "quickjs.c",
        "find": '        JS_ThrowInternalError(ctx, "out of memory");\n',
        "put": '        JS_ThrowInternalError(ctx, "out of memory");\n        ns_out_of_memory(ctx);\n',
    },
    # -- Functions and their counters -----------------------------------------------------------------
    {
        "name": "counters of a function",
        "file": "quickjs.c",
        "find": "    JSContext *realm; /* function realm */\n",
        "put": "    JSContext *realm; /* function realm */\n    ns_function *ns;\n",
    },
    {
        "name": "a frame's code",
        "file": "quickjs.c",
        "find": "    JSValue *cur_sp;\n} JSStackFrame;\n",
        "put": "    JSValue *cur_sp;\n    ns_compiled *ns_code; /* of a function with bytecode: what it runs */\n"
               "    uint64_t ns_acc; /* what it has executed; see probe_loop.h */\n"
               "    ns_twin *ns_twin; /* what would run instead of it; NULL: nothing else */\n"
               "    uint32_t ns_began; /* ns_probe.checks at that time; with a twin */\n"
               "    const uint8_t *ns_pc; /* where it is, when cur_pc does not say it; NULL: it does */\n} JSStackFrame;\n",
    },
    {
        "name": "bytecode that is freed",
        "file": "quickjs.c",
        "find": "    free_bytecode_atoms(rt, b->byte_code_buf, b->byte_code_len, TRUE);\n\n    if (b->vardefs)",
        "put": "    if (b->ns)\n        ns_body_freed(rt, b);\n"
               "    free_bytecode_atoms(rt, b->byte_code_buf, b->byte_code_len, TRUE);\n\n    if (b->vardefs)",
    },
    {
        "name": "dispatch",
        "file": "quickjs.c",
        "find": "#define SWITCH(pc)      goto *dispatch_table[opcode = *pc++];\n",
        "put": "#define SWITCH(pc)      opcode = *pc++; NS_COUNT(pc); "
               "goto *dispatch_table[opcode];\n",
    },
    {
        "name": "the loop's inline functions",
        "file": "quickjs.c",
        "find": "#define FUNC_RET_AWAIT         0\n",
        "put": '#include "probe_inline.h"\n#define FUNC_RET_AWAIT         0\n',
    },
    {
        "name": "the loop's own macros",
        "file": "quickjs.c",
        "find": "    size_t alloca_size;\n\n#if !DIRECT_DISPATCH\n",
        "put": "    size_t alloca_size;\n    ns_function *fn;\n    ns_compiled *code;\n"
               "    uintptr_t sums;\n    JSValue registers[NS_ROOTS];\n    uint32_t kept = 0;\n\n"
               '#include "probe_loop.h"\n#if !DIRECT_DISPATCH\n',
    },
    {
        "name": "a generator goes on",
        "file": "quickjs.c",
        "find": "            b = p->u.func.function_bytecode;\n            ctx = b->realm;\n"
                "            var_refs = p->u.func.var_refs;\n",
        "put": "            b = p->u.func.function_bytecode;\n            ctx = b->realm;\n"
               "            fn = ns_function_of(rt, b);\n            if (unlikely(!fn))\n"
               "                return JS_ThrowOutOfMemory(ctx);\n            NS_RUN(ns_resume(rt, fn, sf->cur_func), sf->cur_pc);\n"
               "            var_refs = p->u.func.var_refs;\n",
    },
    {
        "name": "a call",
        "file": "quickjs.c",
        "find": "    arg_buf = argv;\n    sf->arg_count = argc;\n"
                "    sf->cur_func = (JSValue)func_obj;\n",
        "put": "    fn = ns_function_of(rt, b);\n    if (unlikely(!fn))\n"
               "        return JS_ThrowOutOfMemory(caller_ctx);\n    NS_RUN(ns_enter(rt, fn, func_obj, argc, argv), b->byte_code_buf);\n"
               "    sf->cur_pc = b->byte_code_buf; /* until an instruction says where it is: the function's place */\n"
               "    arg_buf = argv;\n    sf->arg_count = argc;\n"
               "    sf->cur_func = (JSValue)func_obj;\n",
    },
    {
        "name": "a call of a generator or async function",
        "file": "quickjs.c",
        "find": "    b = p->u.func.function_bytecode;\n    sf->js_mode = b->js_mode",
        "put": "    b = p->u.func.function_bytecode;\n    if (ns_function_of(ctx->rt, b))\n"
               "        ns_enter(ctx->rt, b->ns, func_obj, argc, argv);\n        sf->js_mode = b->js_mode",
    },
    {
        "name": "the end of a call",
        "file": "quickjs.c",
        "find": "            JS_FreeValue(ctx, *pval);\n        }\n    }\n"
                "    rt->current_stack_frame = sf->prev_frame;\n    return ret_val;\n}\n",
        "put": "            JS_FreeValue(ctx, *pval);\n        }\n    }\n    NS_RETURN();\n"
               "    rt->current_stack_frame = sf->prev_frame;\n    return ret_val;\n}\n"
               "#define NS_LOOP_END\n#include \"probe_loop.h\"\n",
    },
    {
        "name": "records are freed with the runtime",
        "file": "quickjs.c",
        "find": "    assert(list_empty(&rt->weakref_list));\n\n    /* free the classes */\n",
        "put": "    assert(list_empty(&rt->weakref_list));\n    ns_runtime_free(rt);\n\n"
               "    /* free the classes */\n",
    },
]

# Jumps of which none goes backwards.
for find, put in (
        ("                sp++;\n                pc += diff;\n", "                sp++;\n                NS_MOVE(pc + diff);\n"),
        ("                sp--;\n                pc = b->byte_code_buf + pos;\n",
         "                sp--;\n                NS_MOVE(b->byte_code_buf + pos);\n"),
        ("                    pc += diff - 5;\n", "                    NS_MOVE(pc + diff - 5);\n")):
    EDITS.append({"name": "another jump", "file": "quickjs.c", "find": find, "put": put})

# Jumps backwards are loop iterations; only there and at calls is the budget looked at.
for width, distance in (("", "(int32_t)get_u32(pc)"), ("16", "(int16_t)get_u16(pc)"),
                        ("8", "(int8_t)pc[0]")):
    EDITS.append({
        "name": "goto" + width,
        "file": "quickjs.c",
        "find": f"            pc += {distance};\n            if (unlikely(js_poll_interrupts(ctx)))\n"
                "                goto exception;\n",
        "put": f"            NS_JUMP({distance});\n",
    })
for distance in ("(int32_t)get_u32(pc - 4) - 4", "(int8_t)pc[-1] - 1"):
    EDITS.append({
        "name": "conditional jump",
        "file": "quickjs.c",
        "times": 2,
        "find": f"                    pc += {distance};\n                }}\n"
                "                if (unlikely(js_poll_interrupts(ctx)))\n"
                "                    goto exception;\n",
        "put": f"                    NS_JUMP({distance});\n                }}\n",
    })

# -- Feedback of sites that the loop's macros (probe_loop.h) do not reach ------------------------------
for before, after in (
        ("                    sp[-1] = JS_NewInt32(ctx, val + 1);\n", "NS_TAG(NS_FB_SMI);"),
        ("                    sp[-1] = JS_NewInt32(ctx, val - 1);\n", "NS_TAG(NS_FB_SMI);"),
        ("                    var_buf[idx] = JS_NewInt32(ctx, val + 1);\n", "NS_TAG(NS_FB_SMI);"),
        ("                    var_buf[idx] = JS_NewInt32(ctx, val - 1);\n", "NS_TAG(NS_FB_SMI);"),
        ("                    sp[-1] = JS_NewInt32(ctx, -val);\n", "NS_TAG(NS_FB_SMI);"),
        ("                neg_fp_res:\n", "if (d != 0)\n                        NS_YIELDS_DOUBLE();\n                    "
         "NS_TAG(JS_VALUE_GET_TAG(op1) == JS_TAG_INT\n"
         "                           ? NS_FB_NUMBER | (val ? NS_FB_OVERFLOW : NS_FB_MINUS_ZERO)\n"
         "                           : NS_FB_NUMBER);"),
        ("                    sp[-1] = JS_NewInt32(ctx, ~JS_VALUE_GET_INT(op1));\n", "NS_TAG(NS_FB_SMI);"),
        ("                    sp[-2] = JS_NewFloat64(ctx, (double)v1 / (double)v2);\n",
         "if (JS_VALUE_GET_TAG(sp[-2]) != JS_TAG_INT) {\n"
         "                        NS_YIELDS_DOUBLE();\n"
         "                        NS_TAG(NS_FB_NUMBER);\n                    }"),
        ("                    sp[-2] = JS_NewUint32(ctx,\n                                          (uint32_t)JS_VALUE_GET_INT(op1) >>\n"
         "                                          v2);\n",
         "if (unlikely(JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(sp[-2]))))\n"
         "                        NS_YIELDS_DOUBLE();"),
        ("                mul_fp_res:\n", "if ((JS_VALUE_GET_TAG(op1) | JS_VALUE_GET_TAG(op2)) == JS_TAG_INT)\n"
         "                        NS_YIELDS_DOUBLE();\n                    NS_TAG((JS_VALUE_GET_TAG(op1) | JS_VALUE_GET_TAG(op2)) == JS_TAG_INT\n"
         "                           ? NS_FB_NUMBER | (d ? NS_FB_OVERFLOW : NS_FB_MINUS_ZERO)\n"
         "                           : NS_FB_NUMBER);"),
        ("                    sp[-2] = JS_ConcatString(ctx, op1, op2);\n", "NS_TAG(NS_FB_STRING);")):
    EDITS.append({
        "name": "feedback",
        "file": "quickjs.c",
        "find": before,
        "put": before + "                    " + after + "\n",
    })

EDITS.append({
    "name": "a small integer is stepped",
    "file": "quickjs.c",
    "find": "            sf->cur_pc = pc;\n            if (js_post_inc_slow(ctx, sp, opcode))\n",
    "put": "            sf->cur_pc = pc;\n            if (likely(ns_post_step(sp, opcode))) {\n"
           "                NS_TAG(NS_FB_SMI);\n                sp++;\n                BREAK;\n            }\n"
           "            if (js_post_inc_slow(ctx, sp, opcode))\n",
})

# The name of a class in its own body is a variable that V8 takes for assigned to.
EDITS.append({
    "name": "the name of a class",
    "file": "quickjs.c",
    "find": "        class_name_var_idx = define_var(s, fd, class_name, JS_VAR_DEF_CONST);\n"
            "        if (class_name_var_idx < 0)\n            goto fail;\n",
    "put": "        class_name_var_idx = define_var(s, fd, class_name, JS_VAR_DEF_CONST);\n"
           "        if (class_name_var_idx < 0)\n            goto fail;\n"
           "        fd->vars[class_name_var_idx].var_kind = NS_VAR_CLASS_NAME;\n",
})
EDITS.append({
    "name": "the kind of such a variable",
    "file": "quickjs.c",
    "find": "    JS_VAR_PRIVATE_GETTER_SETTER, /* must come after JS_VAR_PRIVATE_SETTER */\n",
    "put": "    JS_VAR_PRIVATE_GETTER_SETTER, /* must come after JS_VAR_PRIVATE_SETTER */\n"
           "    NS_VAR_CLASS_NAME, /* a constant, of a class in its own body */\n",
})

# Elements are loaded from what a call has returned.
EDITS.append({
    "name": "a register that is not used any more",
    "file": "quickjs.c",
    "find": "                val = JS_GetPropertyValue(ctx, sp[-2], sp[-1]);\n                JS_FreeValue(ctx, sp[-2]);\n",
    "put": "                val = JS_GetPropertyValue(ctx, sp[-2], sp[-1]);\n                NS_DROP(sp - 2);\n",
})

# What calls write to registers, and what stays there.
for first in (-1, -2):
    EDITS.append({
        "name": "registers keep what a call was given",
        "file": "quickjs.c",
        "times": 2,
        "find": f"                for(i = {first}; i < call_argc; i++)\n                    JS_FreeValue(ctx, call_argv[i]);\n",
        "put": f"                for(i = {first}; i < call_argc; i++)\n                    NS_DROP(call_argv + i);\n",
    })

EDITS.append({
    "name": "registers keep what a property was of",
    "file": "quickjs.c",
    "times": 2,
    "find": "                if (unlikely(JS_IsException(val)))\n                    goto exception;\n"
            "                JS_FreeValue(ctx, sp[-1]);\n                sp[-1] = val;\n",
    "put": "                if (unlikely(JS_IsException(val)))\n                    goto exception;\n"
           "                NS_DROP(sp - 1);\n                sp[-1] = val;\n",
})
EDITS.append({
    "name": "registers are written to by calls",
    "file": "quickjs.c",
    "times": 4,
    "find": "                call_argv = sp - call_argc;\n                sf->cur_pc = pc;\n",
    "put": "                call_argv = sp - call_argc;\n                sf->cur_pc = pc;\n                NS_WRITTEN();\n",
})

EDITS.append({
    "name": "registers keep what a variable of a block had",
    "file": "quickjs.c",
    "find": "                set_value(ctx, &var_buf[idx], JS_UNINITIALIZED);\n",
    "put": "                NS_SHADE(idx);\n",
})

# A double that optimized code puts into a Context is boxed.
for name, value in (("put_var_ref", "sp[-1]"), ("set_var_ref", "JS_DupValue(ctx, sp[-1])")):
    EDITS.append({
        "name": "a double in a context",
        "file": "quickjs.c",
        "find": f"                idx = get_u16(pc);\n                pc += 2;\n                set_value(ctx, var_refs[idx]->pvalue, {value});\n",
        "put": f"                idx = get_u16(pc);\n                pc += 2;\n                NS_BOXED(sp[-1]);\n"
               f"                set_value(ctx, var_refs[idx]->pvalue, {value});\n",
    })
    for i in range(4):
        EDITS.append({
            "name": "a double in a context",
            "file": "quickjs.c",
            "find": f"        CASE(OP_{name}{i}): set_value(",
            "put": f"        CASE(OP_{name}{i}): NS_BOXED(sp[-1]); set_value(",
        })

EDITS.append({
    "name": "a double in a context",
    "file": "quickjs.c",
    "times": 2,
    "find": "                }\n                set_value(ctx, var_refs[idx]->pvalue, sp[-1]);\n",
    "put": "                }\n                NS_BOXED(sp[-1]);\n                set_value(ctx, var_refs[idx]->pvalue, sp[-1]);\n",
})

EDITS.append({
    "name": "an array literal's end",
    "file": "quickjs.c",
    "find": "                sp -= call_argc;\n                *sp++ = ret_val;\n",
    "put": "                sp -= call_argc;\n                *sp++ = ret_val;\n                NS_LITERAL_END();\n"
           "                if (unlikely(shared))\n                    ns_elements_shared(ret_val);\n",
})
EDITS.append({
    "name": "elements of a literal",
    "file": "quickjs.c",
    "find": "                call_argv = sp - call_argc;\n                for(i = 0; i < call_argc; i++) {\n",
    "put": "                call_argv = sp - call_argc;\n                for(i = 0; i < call_argc; i++) {\n"
           "                    NS_TAG(ns_tag_of(call_argv[i]));\n",
})

# -- Shapes -----------------------------------------------------------------------------------------
EDITS += [
    {
        "name": "what an array's elements are",
        "file": "quickjs.c",
        "find": "                uint32_t size;          /* JS_CLASS_ARRAY, JS_CLASS_ARGUMENTS */\n",
        "put": "                struct {\n                    uint32_t size; /* JS_CLASS_ARRAY, JS_CLASS_ARGUMENTS */\n"
               "                    uint8_t ns_classes;  /* JS_CLASS_ARRAY: of values and NS_ELEMENTS_HOLEY */\n"
               "                    uint16_t ns_literal; /* JS_CLASS_ARRAY: that made it; 0: none */\n                };\n",
    },
    {
        "name": "shapes of arrays by elements kind",
        "file": "quickjs.c",
        "find": "    JSShape *array_shape;   /* initial shape for Array objects */\n",
        "put": "    JSShape *array_shape;   /* initial shape for Array objects */\n"
               "    JSShape *ns_array_shapes[NS_ARRAY_SHAPES]; /* of the other elements kinds; NULL: none yet */\n",
    },
    {
        "name": "shapes of arrays are marked",
        "file": "quickjs.c",
        "find": "        mark_func(rt, &ctx->array_shape->header);\n",
        "put": "        mark_func(rt, &ctx->array_shape->header);\n"
               "    for (int k = 0; k < NS_ARRAY_SHAPES; k++)\n        if (ctx->ns_array_shapes[k])\n"
               "            mark_func(rt, &ctx->ns_array_shapes[k]->header);\n",
    },
    {
        "name": "shapes of arrays are freed",
        "file": "quickjs.c",
        "find": "    js_free_shape_null(ctx->rt, ctx->array_shape);\n",
        "put": "    js_free_shape_null(ctx->rt, ctx->array_shape);\n"
               "    for (int k = 0; k < NS_ARRAY_SHAPES; k++)\n"
               "        js_free_shape_null(ctx->rt, ctx->ns_array_shapes[k]);\n",
    },
    {
        "name": "an array comes",
        "file": "quickjs.c",
        "find": "            /* the length property is always the first one */\n            if (likely(sh == ctx->array_shape)) {\n",
        "put": "            ns_array_comes(ctx, p);\n"
               "            /* the length property is always the first one */\n            if (likely(sh == ctx->array_shape)) {\n",
    },
    {
        "name": "an element is added",
        "file": "quickjs.c",
        "find": "    p->u.array.u.values[new_len - 1] = val;\n    p->u.array.count = new_len;\n",
        "put": "    ns_element(ctx, p, val);\n"
               "    p->u.array.u.values[new_len - 1] = val;\n    p->u.array.count = new_len;\n",
    },
    {
        "name": "an element is stored",
        "file": "quickjs.c",
        "find": "            set_value(ctx, &p->u.array.u.values[idx], val);\n            break;\n        case JS_CLASS_ARGUMENTS:\n",
        "put": "            ns_element(ctx, p, val);\n"
               "            set_value(ctx, &p->u.array.u.values[idx], val);\n            break;\n        case JS_CLASS_ARGUMENTS:\n",
    },
    {
        "name": "an array of a length",
        "file": "quickjs.c",
        "find": "        if (JS_SetProperty(ctx, obj, JS_ATOM_length, JS_NewUint32(ctx, len)) < 0)\n            goto fail;\n",
        "put": "        if (len > 0)\n            ns_elements_holey(ctx, obj);\n"
               "        if (JS_SetProperty(ctx, obj, JS_ATOM_length, JS_NewUint32(ctx, len)) < 0)\n            goto fail;\n",
    },
    {
        "name": "id of a shape",
        "file": "quickjs.c",
        "find": "    int deleted_prop_count;\n    JSShape *shape_hash_next;",
        "put": "    int deleted_prop_count;\n    uint32_t ns_id; /* 0: not known */\n"
               "    JSShape *shape_hash_next;",
    },
    {
        "name": "the id of a new shape",
        "file": "quickjs.c",
        "find": "    sh->prop_count = 0;\n    sh->deleted_prop_count = 0;\n",
        "put": "    sh->prop_count = 0;\n    sh->deleted_prop_count = 0;\n    sh->ns_id = ns_shape_root(rt, proto);\n",
    },
    {
        "name": "transition of a shape",
        "file": "quickjs.c",
        "find": "    pr->flags = prop_flags;\n    sh->has_small_array_index |=",
        "put": "    pr->flags = prop_flags;\n    if (sh->ns_id)\n"
               "        sh->ns_id = ns_shape_goes_on(rt, sh, atom, prop_flags);\n"
               "    sh->has_small_array_index |=",
    },
    {
        "name": "a field gets a value",
        "file": "quickjs.c",
        "find": "            /* fast case */\n            set_value(ctx, &pr->u.value, val);\n            return TRUE;\n"
                "        } else if (prs->flags & JS_PROP_LENGTH) {\n            assert(p->class_id == JS_CLASS_ARRAY);\n            assert(prop == JS_ATOM_length);\n"
                "            return set_array_length(ctx, p, val, flags);\n        } else if ((prs->flags & JS_PROP_TMASK) == JS_PROP_GETSET) {\n"
                "            return call_setter(",
        "put": "            /* fast case */\n            if (p1->shape->ns_id >= NS_SHAPE_FIRST)\n"
               "                ns_field_stored(ctx->rt, p1, pr - p1->prop, val);\n"
               "            else if (unlikely(ctx->rt->ns.note_shapes))\n"
               "                ns_note_store(ctx->rt, p1, pr - p1->prop, val);\n"
               "            if (unlikely(p1->ns_id != 0))\n"
               "                ns_prototype_changes(ctx->rt, p1, prop, false);\n"
               "            set_value(ctx, &pr->u.value, val);\n            return TRUE;\n"
                "        } else if (prs->flags & JS_PROP_LENGTH) {\n            assert(p->class_id == JS_CLASS_ARRAY);\n            assert(prop == JS_ATOM_length);\n"
                "            return set_array_length(ctx, p, val, flags);\n        } else if ((prs->flags & JS_PROP_TMASK) == JS_PROP_GETSET) {\n"
                "            return call_setter(",
    },
    {
        "name": "a new field gets its value",
        "file": "quickjs.c",
        "find": "            pr->u.value = val;\n            return TRUE;\n        }\n    } else {\n"
                "        /* generic case: modify",
        "put": "            if (p->shape->ns_id >= NS_SHAPE_FIRST)\n"
               "                ns_field(ctx->rt, p, pr - p->prop, val);\n"
               "            if (unlikely(p->ns_id != 0))\n"
               "                ns_prototype_changes(ctx->rt, p, prop, true);\n"
               "            pr->u.value = val;\n            return TRUE;\n        }\n    } else {\n"
                "        /* generic case: modify",
    },
    {
        "name": "a field that is defined gets its value",
        "file": "quickjs.c",
        "find": "        if (flags & JS_PROP_HAS_VALUE) {\n            pr->u.value = JS_DupValue(ctx, val);\n"
                "        } else {\n            pr->u.value = JS_UNDEFINED;\n",
        "put": "        if (flags & JS_PROP_HAS_VALUE) {\n            if (p->shape->ns_id >= NS_SHAPE_FIRST)\n"
               "                ns_field(ctx->rt, p, pr - p->prop, val);\n"
               "            pr->u.value = JS_DupValue(ctx, val);\n"
                "        } else {\n            pr->u.value = JS_UNDEFINED;\n",
    },
    {
        "name": "the field of a literal",
        "file": "quickjs.c",
        "find": "                ret = JS_DefinePropertyValue(ctx, sp[-2], atom, sp[-1],\n"
                "                                             JS_PROP_C_W_E | JS_PROP_THROW);\n                sp--;\n",
        "put": "                sf->ns_pc = pc;\n                ret = likely(fn->site_at)\n"
               "                          ? ns_define(ctx, NS_SLOT(), sp[-2], atom, sp[-1], JS_PROP_C_W_E | JS_PROP_THROW)\n"
               "                          : JS_DefinePropertyValue(ctx, sp[-2], atom, sp[-1], JS_PROP_C_W_E | JS_PROP_THROW);\n                sf->ns_pc = NULL;\n                sp--;\n",
    },
    {
        "name": "an array gets longer",
        "file": "quickjs.c",
        "find": "        }\n        p->prop[0].u.value = JS_NewUint32(ctx, len);\n    } else {\n        /* Note: length is always a uint32",
        "put": "        }\n        if (len > ns_array_length(p))\n            ns_elements_holey(ctx, JS_MKPTR(JS_TAG_OBJECT, p));\n"
               "        p->prop[0].u.value = JS_NewUint32(ctx, len);\n    } else {\n        /* Note: length is always a uint32",
    },
    {
        "name": "the last element goes",
        "file": "quickjs.c",
        "find": "                        p->u.array.count = idx;\n                        return TRUE;\n",
        "put": "                        p->u.array.count = idx;\n                        ns_elements_holey(ctx, JS_MKPTR(JS_TAG_OBJECT, p));\n"
               "                        return TRUE;\n",
    },
    {
        "name": "an element goes",
        "file": "quickjs.c",
        "find": "            if (js_shape_prepare_update(ctx, p, &pr))\n                return -1;\n            sh = p->shape;\n            /* remove property */\n",
        "put": "            uint32_t ns_id = ns_elements_id_kept(ctx->rt, p, atom);\n"
               "            if (js_shape_prepare_update(ctx, p, &pr))\n                return -1;\n            sh = p->shape;\n            sh->ns_id = ns_id;\n            /* remove property */\n",
    },
    {
        "name": "another shape",
        "file": "quickjs.c",
        "find": "            js_shape_hash_unlink(ctx->rt, sh);\n            sh->is_hashed = FALSE;\n"
                "        }\n    }\n    return 0;\n",
        "put": "            js_shape_hash_unlink(ctx->rt, sh);\n            sh->is_hashed = FALSE;\n"
               "        }\n    }\n    p->shape->ns_id = 0;\n    return 0;\n",
    },
    # Instructions of a literal have their own lines.
    {
        "name": "the place of a literal",
        "file": "quickjs.c",
        "find": "    /* XXX: add an initial length that will be patched back */\n    emit_op(s, OP_object);\n",
        "put": "    emit_source_pos(s, literal_ptr);\n    emit_op(s, OP_object);\n",
    },
    {
        "name": "the place of a literal, its token",
        "file": "quickjs.c",
        "find": "    JSAtom name = JS_ATOM_NULL;\n    const uint8_t *start_ptr;\n    int prop_type;\n    BOOL has_proto;\n",
        "put": "    JSAtom name = JS_ATOM_NULL;\n    const uint8_t *start_ptr, *literal_ptr = s->token.ptr;\n    int prop_type;\n    BOOL has_proto;\n",
    },
    {
        "name": "the place of a literal's property",
        "file": "quickjs.c",
        "find": "                set_object_name(s, name);\n                emit_op(s, OP_define_field);\n                emit_atom(s, name);\n            }\n        }\n        JS_FreeAtom(",
        "put": "                set_object_name(s, name);\n                emit_source_pos(s, start_ptr);\n                emit_op(s, OP_define_field);\n                emit_atom(s, name);\n            }\n        }\n        JS_FreeAtom(",
    },
    {
        "name": "the place of what follows a literal",
        "file": "quickjs.c",
        "find": "    if (js_parse_expect(s, '}'))\n        goto fail;\n    return 0;\n fail:\n    JS_FreeAtom(s->ctx, name);\n    return -1;\n",
        "put": "    if (js_parse_expect(s, '}'))\n        goto fail;\n    emit_source_pos(s, literal_ptr);\n    return 0;\n fail:\n    JS_FreeAtom(s->ctx, name);\n    return -1;\n",
    },
    {
        "name": "the place of a literal's property that is a variable",
        "file": "quickjs.c",
        "find": "            emit_u16(s, s->cur_func->scope_level);\n            emit_op(s, OP_define_field);\n",
        "put": "            emit_u16(s, s->cur_func->scope_level);\n            emit_source_pos(s, start_ptr);\n            emit_op(s, OP_define_field);\n",
    },
    {
        "name": "an object goes",
        "file": "quickjs.c",
        "find": "                         freeing cycles */\n    /* free all the fields */\n",
        "put": "                         freeing cycles */\n    if (unlikely(rt->ns.note_shapes))\n        ns_note_free(rt, p);\n    /* free all the fields */\n",
    },
    {
        "name": "id of an object",
        "file": "quickjs.c",
        "find": "    uint32_t weakref_count; \n    JSShape *shape;",
        "put": "    uint32_t weakref_count;\n    uint32_t ns_id; /* of prototypes and call targets; 0: none */\n"
               "    JSShape *shape;",
    },
    {
        "name": "no id for a new object",
        "file": "quickjs.c",
        "find": "    p->weakref_count = 0;\n    p->u.opaque = NULL;\n",
        "put": "    p->weakref_count = 0;\n    p->ns_id = 0;\n    p->u.opaque = NULL;\n",
    },
]

# A JSArrayIterator that is done still has its array (ArrayIteratorPrototypeNext, builtins-array-gen.cc).
EDITS.append({
    "name": "an array iterator keeps its array",
    "file": "quickjs.c",
    "find": "    if (idx >= len) {\n        JS_FreeValue(ctx, it->obj);\n        it->obj = JS_UNDEFINED;\n    done:\n        *pdone = TRUE;\n",
    "put": "    if (idx >= len) {\n        it->idx = NS_ITERATOR_DONE;\n    done:\n        *pdone = TRUE;\n",
})
EDITS.append({
    "name": "an array iterator is done once",
    "file": "quickjs.c",
    "find": "    if (JS_IsUndefined(it->obj))\n        goto done;\n    p = JS_VALUE_GET_OBJ(it->obj);\n",
    "put": "    if (JS_IsUndefined(it->obj) || it->idx == NS_ITERATOR_DONE)\n        goto done;\n    p = JS_VALUE_GET_OBJ(it->obj);\n",
})

# The iterator of a loop or a pattern is in a register, behind that of its method next, and stays there
# (BytecodeGenerator::BuildGetIteratorRecord).
EDITS.append({
    "name": "an iterator is written to registers",
    "file": "quickjs.c",
    "times": 2,
    "find": "            *sp++ = JS_NewCatchOffset(ctx, 0);\n            BREAK;\n",
    "put": "            *sp++ = JS_NewCatchOffset(ctx, 0);\n            NS_WRITTEN();\n            BREAK;\n",
})
EDITS.append({
    "name": "registers keep an iterator that is done",
    "file": "quickjs.c",
    "find": "            JS_FreeValue(ctx, sp[offset]);\n            sp[offset] = JS_UNDEFINED;\n            if (done < 0) {\n",
    "put": "            *over = sp[offset];\n            sp[offset] = JS_UNDEFINED;\n            if (done < 0) {\n",
})
EDITS.append({
    "name": "for-of tells of the iterator",
    "file": "quickjs.c",
    "find": "static __exception int js_for_of_next(JSContext *ctx, JSValue *sp, int offset)\n{\n",
    "put": "static __exception int js_for_of_next(JSContext *ctx, JSValue *sp, int offset, JSValue *over)\n{\n",
})
EDITS.append({
    "name": "for-of drops the iterator",
    "file": "quickjs.c",
    "find": "                if (js_for_of_next(ctx, sp, offset))\n                    goto exception;\n",
    "put": "                JSValue over = JS_UNDEFINED;\n"
           "                int failed = js_for_of_next(ctx, sp, offset, &over);\n"
           "                NS_KEEP(over, sp + offset + 1);\n"
           "                if (failed)\n                    goto exception;\n",
})
EDITS.append({
    "name": "registers keep an iterator that is closed",
    "file": "quickjs.c",
    "find": "                if (JS_IteratorClose(ctx, sp[-1], FALSE))\n                    goto exception;\n                JS_FreeValue(ctx, sp[-1]);\n            }\n            sp--;\n",
    "put": "                if (JS_IteratorClose(ctx, sp[-1], FALSE))\n                    goto exception;\n                NS_KEEP(sp[-1], sp);\n            }\n            sp--;\n",
})
