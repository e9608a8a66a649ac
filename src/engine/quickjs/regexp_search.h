// How V8 looks for a match in a text: what src/regexp's compiler makes of the loop that tries one
// position after the other. The matcher here goes the same way, so that what it looks at is what
// V8's code looks at; its price is in engine.work.

// What is kept of an expression in front of its instructions, behind the engine's own header.
typedef struct ns_search {
    uint8_t least;      // characters that any match takes; 0 to NS_SEARCH_AHEAD
    uint8_t from, to;   // characters ahead that one look may skip; `to` is NS_SEARCH_NONE without
    uint8_t atom;       // a plain text, which is looked for without the matcher
    uint8_t first;      // its first character
    uint8_t code[2];    // NS_REGEXP_*, for texts of one and of two bytes
    uint8_t executions; // by the interpreter, until machine code is to be made
    uint8_t source[2];  // its length in characters
    uint8_t started;    // `from` and `to` are known
    uint8_t sets[128];  // by a character's low bits: at which places of a match it may stand
} ns_search;

enum {
    NS_SEARCH_AHEAD = 8, // kMaxLookaheadForBoyerMoore
    NS_SEARCH_NONE = 0xff,
    NS_SEARCH_BITS = 127,   // RegExpMacroAssembler::kTableMask
    NS_SEARCH_BUDGET = 200, // RegExpNode::kRecursionBudget
    NS_SEARCH_LOOP = 11     // bytes of the instructions that try the next position
};

static BOOL is_line_terminator(uint32_t c);
_Static_assert(sizeof(ns_search) == RE_HEADER_LEN - 7, "edits_work.py makes room for it");

static ns_search *ns_search_of(const uint8_t *bytecode)
{
    return (ns_search *)(bytecode + RE_HEADER_LEN - sizeof(ns_search));
}

// Whether every path from `pc` meets ^ before it takes a character. `steps`: how many instructions
// may still be looked at; when they are used up, the answer is no. (RegExpTree::IsAnchoredAtStart,
// RegExpCompiler::PreprocessRegExp)
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

// -- What characters a match may have (RegExpNode::FillInBMInfo, EatsAtLeast)
// -----------------------

typedef struct ns_search_walk {
    ns_search *search;
    int budget, least;
    BOOL ignore_case, is_unicode;
} ns_search_walk;

// Anything may come from a place on, and nothing need.
static void ns_search_rest(ns_search_walk *walk, int place)
{
    if (place >= NS_SEARCH_AHEAD)
        return;
    for (int c = 0; c <= NS_SEARCH_BITS; c++)
        walk->search->sets[c] |= (uint8_t)(0xff << place);
    if (walk->least > place)
        walk->least = place;
}

static BOOL ns_in_ranges(const uint8_t *pc, uint32_t c)
{
    BOOL wide = *pc == REOP_range32;
    int n = get_u16(pc + 1);
    for (int i = 0; i < n; i++) {
        const uint8_t *range = pc + 3 + i * (wide ? 8 : 4);
        uint32_t low = wide ? get_u32(range) : get_u16(range);
        uint32_t high = wide ? get_u32(range + 4) : get_u16(range + 2);
        if (c >= low && c <= high)
            return TRUE;
    }
    return FALSE;
}

static BOOL ns_takes(const uint8_t *pc, uint32_t c)
{
    switch (*pc) {
    case REOP_char:
        return c == get_u16(pc + 1);
    case REOP_char32:
        return c == get_u32(pc + 1);
    case REOP_dot:
        return !is_line_terminator(c);
    case REOP_range:
    case REOP_range32:
        return ns_in_ranges(pc, c);
    default:
        return TRUE;
    }
}

// The instruction at `pc` takes the character at a place. Only texts of one byte are looked at.
static void ns_search_takes(const ns_search_walk *walk, const uint8_t *pc, int place)
{
    for (uint32_t c = 0; place < NS_SEARCH_AHEAD && c < 256; c++) {
        BOOL plain = *pc == REOP_dot || *pc == REOP_any || !walk->ignore_case;
        if (ns_takes(pc, plain ? c : (uint32_t)lre_canonicalize(c, walk->is_unicode)))
            walk->search->sets[c & NS_SEARCH_BITS] |= (uint8_t)(1 << place);
    }
}

static int ns_instruction_size(const uint8_t *pc)
{
    int size = reopcode_info[*pc].size;
    return *pc == REOP_range     ? size + 4 * get_u16(pc + 1)
           : *pc == REOP_range32 ? size + 8 * get_u16(pc + 1)
                                 : size;
}

static void ns_search_walk_on(ns_search_walk *walk, const uint8_t *pc, int place);

// A greedy quantifier of a body of fixed length.
static void ns_search_repeats(ns_search_walk *walk, const uint8_t *pc, int place)
{
    const uint8_t *next = pc + 17 + (int32_t)get_u32(pc + 1);
    uint32_t min = get_u32(pc + 5), max = get_u32(pc + 9);
    for (uint32_t n = 0;; n++) {
        if (n >= min)
            ns_search_walk_on(walk, next, place);
        if (n >= max || place >= NS_SEARCH_AHEAD || walk->budget <= 0)
            return;
        for (const uint8_t *body = pc + 17; *body != REOP_match;
             body += ns_instruction_size(body)) {
            if (*body == REOP_char || *body == REOP_char32 || *body == REOP_dot ||
                *body == REOP_any || *body == REOP_range || *body == REOP_range32)
                ns_search_takes(walk, body, place++);
        }
    }
}

static void ns_search_walk_on(ns_search_walk *walk, const uint8_t *pc, int place)
{
    while (place < NS_SEARCH_AHEAD) {
        if (walk->budget-- <= 0) {
            ns_search_rest(walk, place);
            return;
        }
        switch (*pc) {
        case REOP_char:
        case REOP_char32:
        case REOP_dot:
        case REOP_any:
        case REOP_range:
        case REOP_range32:
            ns_search_takes(walk, pc, place++);
            pc += ns_instruction_size(pc);
            break;
        case REOP_lookahead: // only takes matches away
        case REOP_negative_lookahead:
        case REOP_goto:
            pc += 5 + (int32_t)get_u32(pc + 1);
            break;
        case REOP_split_goto_first:
        case REOP_split_next_first:
        case REOP_loop: // may be the last round
            ns_search_walk_on(walk, pc + 5 + (int32_t)get_u32(pc + 1), place);
            pc += 5;
            break;
        case REOP_simple_greedy_quant:
            ns_search_repeats(walk, pc, place);
            return;
        case REOP_match:
        case REOP_back_reference:
        case REOP_backward_back_reference:
        case REOP_prev:
            ns_search_rest(walk, place);
            return;
        default:
            pc += ns_instruction_size(pc);
        }
    }
}

// -- Plain texts (RegExp::Compile)
// -------------------------------------------------------------------

// HasFewDifferentCharacters: those are left to the matcher.
static BOOL ns_is_monotonous(const uint8_t *pc, int length)
{
    enum { SHORT = 7 }; // kPatternTooShortForBoyerMoore
    int different = 0;
    if (length > NS_SEARCH_AHEAD)
        length = NS_SEARCH_AHEAD;
    for (int i = 0; i < length; i++) {
        BOOL found = FALSE;
        for (int k = 0; k < i && !found; k++)
            found = ((pc[3 * i + 1] ^ pc[3 * k + 1]) & NS_SEARCH_BITS) == 0;
        different += !found;
    }
    return length > SHORT && different * 3 <= length;
}

static BOOL ns_is_atom(const uint8_t *pc)
{
    const uint8_t *start = pc;
    while (*pc == REOP_char)
        pc += 3;
    return pc > start && pc[0] == REOP_save_end && pc[2] == REOP_match &&
           !ns_is_monotonous(start, (int)(pc - start) / 3);
}

// -- The loop
// -----------------------------------------------------------------------------------------

// `bytecode` is complete but for its header.
static void ns_search_prepare(uint8_t *bytecode, int re_flags, size_t source)
{
    ns_search *search = ns_search_of(bytecode);
    uint8_t *loop = bytecode + RE_HEADER_LEN;
    int steps = 1000; // alternatives that meet again could be walked again and again
    memset(search, 0, sizeof *search);
    put_u16(search->source, source > 0xffff ? 0xffff : (uint32_t)source);
    search->to = NS_SEARCH_NONE;
    if (re_flags & LRE_FLAG_STICKY)
        return;
    if (!(re_flags & LRE_FLAG_MULTILINE) && ns_anchored(loop + NS_SEARCH_LOOP, &steps)) {
        loop[0] = REOP_goto;
        put_u32(loop + 1, 6);
        return;
    }
    ns_search_walk walk = {search, NS_SEARCH_BUDGET, NS_SEARCH_AHEAD,
                           (re_flags & LRE_FLAG_IGNORECASE) != 0,
                           (re_flags & LRE_FLAG_UNICODE) != 0};
    ns_search_walk_on(&walk, loop + NS_SEARCH_LOOP, 0);
    search->least = (uint8_t)walk.least;
    search->atom = !walk.ignore_case && ns_is_atom(loop + NS_SEARCH_LOOP + 2);
    search->first = loop[NS_SEARCH_LOOP + 3];
    loop[0] = REOP_search;
}

static int ns_set_size(const ns_search *search, int mask)
{
    int size = 0;
    for (int c = 0; c <= NS_SEARCH_BITS; c++)
        size += (search->sets[c] & mask) != 0;
    return size;
}

// FrequencyCollator: how often characters are found in the middle of the first text.
static void ns_sample(uint8_t *counts, int *total, const uint8_t *text, int length)
{
    enum { SAMPLE = 128 }; // RegExpImpl::Compile: kSampleSize
    int start = length > SAMPLE ? (length - SAMPLE) / 2 : 0;
    int end = length > SAMPLE ? start + SAMPLE : length;
    *total = end - start;
    for (int i = start; i < end; i++)
        counts[text[i] & NS_SEARCH_BITS]++;
}

// BoyerMooreLookahead::FindBestInterval.
static int ns_best_interval(ns_search *search, const uint8_t *counts, int total, int most, int best)
{
    enum { SIZE = NS_SEARCH_BITS + 1 };
    for (int i = 0; i < search->least;) {
        while (i < search->least && ns_set_size(search, 1 << i) > most)
            i++;
        if (i == search->least)
            break;
        int from = i, mask = 0, frequency = 0;
        for (; i < search->least && ns_set_size(search, 1 << i) <= most; i++)
            mask |= 1 << i;
        for (int c = 0; c < SIZE; c++)
            if (search->sets[c] & mask)
                frequency += (total ? counts[c] * SIZE / total : 1) + 1;
        BOOL quick = i - from < 4 || from <= 4; // a quick check does as well
        int points = (i - from) * ((quick ? SIZE / 2 : SIZE) - frequency);
        if (points > best) {
            search->from = (uint8_t)from;
            search->to = (uint8_t)(i - 1);
            best = points;
        }
    }
    return best;
}

// BoyerMooreLookahead::FindWorthwhileInterval, EmitSkipInstructions.
static void ns_search_start(ns_search *search, const uint8_t *text, int length)
{
    enum { MOST = 32 }; // kMaxMax
    uint8_t counts[NS_SEARCH_BITS + 1] = {0};
    int total, best = 0;
    search->started = 1;
    ns_sample(counts, &total, text, length);
    for (int most = 4; most < MOST; most *= 2)
        best = ns_best_interval(search, counts, total, most, best);
    if (search->to != NS_SEARCH_NONE && search->from == search->to && search->to < 3 &&
        ns_set_size(search, 1 << search->to) == 1)
        search->to = NS_SEARCH_NONE; // the mask-compare can probably handle this better
}

// Whether a match may start here, by its first characters (RegExpNode::EmitQuickCheck). There are
// `least` of them at least.
static inline BOOL ns_quick_check(const ns_search *search, const uint8_t *p)
{
    enum { QUICK = 4 };
    int n = search->least < QUICK ? search->least : QUICK;
    for (int i = 0; i < n; i++)
        if (!(search->sets[p[i] & NS_SEARCH_BITS] & 1 << i))
            return FALSE;
    return TRUE;
}

enum { NS_SEARCH_CANDIDATE = 12 }; // a call of memchr, in looks of the other loops

// The next position, from `p` on, at which a match may start; NULL: none. `looks`: how many
// characters the loop looked at.
static const uint8_t *ns_search_next(const ns_search *search, const uint8_t *p, const uint8_t *end,
                                     uint64_t *looks)
{
    int first = search->atom ? search->first : -1;
    BOOL skips = search->to != NS_SEARCH_NONE && !search->atom;
    int ahead = search->to, mask = 0, skip = 1;
    if (skips) {
        skip = ahead - search->from + 1;
        mask = (0xff >> (7 - ahead)) & (0xff << search->from);
    }
    for (; end - p >= search->least; p++) {
        if (first >= 0) {
            p = memchr(p, first, (size_t)(end - p));
            *looks += NS_SEARCH_CANDIDATE;
            if (!p || end - p < search->least)
                return NULL;
        }
        while (skips && end - p > ahead && !(search->sets[p[ahead] & NS_SEARCH_BITS] & mask)) {
            p += skip;
            ++*looks;
        }
        if (end - p < search->least)
            return NULL;
        if (ns_quick_check(search, p))
            return p;
        *looks += first < 0;
    }
    return NULL;
}

// -- Code (RegExpImpl::EnsureCompiledIrregexp, JSRegExp::MarkedForTierUp)
// --------------------------------

enum { NS_REGEXP_NONE, NS_REGEXP_BYTECODE, NS_REGEXP_NATIVE };

// Called when a text is about to be looked through: the code for it, which is made when it is to
// be. Returns whether an interpreter runs it.
static BOOL ns_search_begins(const uint8_t *bytecode, int length, BOOL wide, void *opaque)
{
    enum { LONG = 1000 }; // JSRegExp::kTierUpForSubjectLengthValue
    ns_search *search = ns_search_of(bytecode);
    lre_policy policy = lre_begin(opaque);
    if (search->atom)
        return FALSE;
    BOOL interpret = policy.interpret_all;
    if (!interpret && policy.ticks > 0) {
        if (length >= LONG || policy.forced)
            search->executions = 0xff;
        interpret = search->executions < policy.ticks;
        search->executions += interpret;
    }
    uint8_t *code = &search->code[wide], wanted = interpret ? NS_REGEXP_BYTECODE : NS_REGEXP_NATIVE;
    if (*code < wanted) {
        *code = wanted;
        lre_charge(opaque, interpret ? NS_WORK_REGEXP_COMPILE : NS_WORK_REGEXP_NATIVE,
                   get_u16(search->source));
    }
    if (interpret)
        lre_charge(opaque, NS_WORK_INTERPRET, 1);
    return interpret;
}

// Instructions that V8's code has something for as well. The others keep places of groups, which
// its code remembers without moving anything, or are jumps.
static const uint8_t ns_steps[REOP_COUNT] = {
    [REOP_char] = 1,
    [REOP_char32] = 1,
    [REOP_dot] = 1,
    [REOP_any] = 1,
    [REOP_range] = 1,
    [REOP_range32] = 1,
    [REOP_line_start] = 1,
    [REOP_line_end] = 1,
    [REOP_split_goto_first] = 1,
    [REOP_loop] = 1,
    [REOP_split_next_first] = 1,
    [REOP_word_boundary] = 1,
    [REOP_lookahead] = 1,
    [REOP_not_word_boundary] = 1,
    [REOP_negative_lookahead] = 1,
    [REOP_back_reference] = 1,
    [REOP_backward_back_reference] = 1,
};

// A class of several ranges takes the interpreter as many tests, one that leaves a few characters
// out takes it one. `pc` is at the ranges.
static inline BOOL ns_has_more_tests(const uint8_t *pc, int ranges)
{
    return ranges > 1 && get_u16(pc + 4 * (ranges - 1) + 2) != 0xffff;
}
