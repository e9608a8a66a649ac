// The host's part of the parser, where it needs the emitters: included in quickjs.c before the
// statements. V8 awaits what an async iterator's return() gives, however its loop is left
// (interpreter/bytecode-generator.cc, BuildFinalizeIteration); QuickJS only calls it.
#ifndef NS_ENGINE_HOST_PARSE_H
#define NS_ENGINE_HOST_PARSE_H

// iter -> : call return() and await it. Its result must be an object when `check` is set.
static void ns_emit_async_close(JSParseState *s, bool check)
{
    emit_op(s, OP_get_field2);
    emit_atom(s, JS_ATOM_return);
    emit_op(s, OP_dup); // iter return return
    emit_op(s, OP_is_undefined_or_null);
    int label_none = emit_goto(s, OP_if_true, -1);
    emit_op(s, OP_call_method);
    emit_u16(s, 0);
    emit_op(s, OP_await);
    if (check)
        emit_op(s, OP_iterator_check_object);
    int label_end = emit_goto(s, OP_goto, -1);
    emit_label(s, label_none);
    emit_op(s, OP_drop);
    emit_label(s, label_end);
    emit_op(s, OP_drop);
}

// iter next catch_offset -> : the loop is left by a jump.
static void ns_emit_async_close_record(JSParseState *s)
{
    emit_op(s, OP_drop);
    emit_op(s, OP_drop);
    ns_emit_async_close(s, true);
}

// iterable -> iter next catch_offset. Returns the label that exceptions of the loop's body go to.
static int ns_emit_for_await_start(JSParseState *s)
{
    emit_op(s, OP_for_await_of_start);
    emit_op(s, OP_drop);
    return emit_goto(s, OP_catch, -1);
}

// iter next catch_offset -> : the end of the iterator, then `break`, then an exception of the body.
static void ns_emit_for_await_end(JSParseState *s, int label_break, int label_catch)
{
    emit_op(s, OP_drop);
    emit_op(s, OP_drop);
    emit_op(s, OP_drop);
    int label_end = emit_goto(s, OP_goto, -1);

    emit_label(s, label_break);
    ns_emit_async_close_record(s);
    emit_goto(s, OP_goto, label_end);

    // What the closing throws or gives is ignored: the exception of the body goes on.
    emit_label(s, label_catch); // iter next exception
    emit_op(s, OP_rot3r);
    emit_op(s, OP_drop);
    int label_ignore = emit_goto(s, OP_catch, -1); // exception iter catch_offset
    emit_op(s, OP_dup2);
    emit_op(s, OP_drop);
    ns_emit_async_close(s, false);
    emit_op(s, OP_drop);
    emit_op(s, OP_drop);
    emit_op(s, OP_throw);
    emit_label(s, label_ignore); // exception iter ignored
    emit_op(s, OP_drop);
    emit_op(s, OP_drop);
    emit_op(s, OP_throw);
    emit_label(s, label_end);
}

// value -> value: V8 awaits the value that return() was called with before it resumes the
// generator; when that rejects, the generator is resumed by throw() instead
// (AsyncGeneratorResumeNext).
static void ns_emit_await_or_throw(JSParseState *s, int label_throw)
{
    int label_catch = emit_goto(s, OP_catch, -1); // value catch_offset
    emit_op(s, OP_dup2);
    emit_op(s, OP_drop);
    emit_op(s, OP_await); // value catch_offset awaited
    emit_op(s, OP_nip);
    emit_op(s, OP_nip);
    int label_end = emit_goto(s, OP_goto, -1);
    emit_label(s, label_catch); // value exception
    emit_op(s, OP_nip);
    emit_goto(s, OP_goto, label_throw);
    emit_label(s, label_end);
}

// iter next undefined value -> : yield* was told to return; the value has been awaited.
static void ns_emit_yield_star_return(JSParseState *s)
{
    emit_op(s, OP_nip);
    emit_op(s, OP_nip);
    emit_op(s, OP_nip);
    ns_emit_return(s, TRUE, false);
}

#endif
