// Expressions that can match at the start of the text alone are not tried anywhere else (source:
// V8's RegExpTree::IsAnchoredAtStart and RegExpCompiler::PreprocessRegExp in src/regexp).

enum { ns_anchor_steps = 1000 }; // alternatives that meet again could be walked again and again

// Whether every path from `pc` meets ^ before it takes a character. `steps`: how many instructions
// may still be looked at; when they are used up, the answer is no.
static BOOL ns_anchored(const uint8_t *pc, int *steps)
{
    while (--*steps > 0) {
        int32_t offset;
        switch (*pc) {
        case REOP_line_start:
            return TRUE;
        case REOP_save_start:
        case REOP_save_end:
            pc += 2;
            break;
        case REOP_save_reset:
            pc += 3;
            break;
        case REOP_goto:
            offset = (int32_t)get_u32(pc + 1);
            if (offset < 0)
                return FALSE;
            pc += 5 + offset;
            break;
        case REOP_split_goto_first:
        case REOP_split_next_first:
            offset = (int32_t)get_u32(pc + 1);
            if (offset < 0 || !ns_anchored(pc + 5 + offset, steps))
                return FALSE;
            pc += 5;
            break;
        default:
            return FALSE;
        }
    }
    return FALSE;
}

// `loop`: the three instructions that try the next position, of 11 bytes, in front of the
// expression.
static void ns_anchor(uint8_t *loop, int re_flags)
{
    int steps = ns_anchor_steps;
    if (re_flags & (LRE_FLAG_STICKY | LRE_FLAG_MULTILINE) || !ns_anchored(loop + 11, &steps))
        return;
    loop[0] = REOP_goto;
    put_u32(loop + 1, 6);
}
