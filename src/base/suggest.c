#include "base/suggest.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

enum { MAX_WORD = 63 };

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int lower(char c)
{
    return tolower((unsigned char)c);
}

// Optimal string alignment: three rows of the matrix are enough, the swap looks two rows back.
int ns_edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > MAX_WORD || lb > MAX_WORD)
        return INT_MAX;
    int rows[3][MAX_WORD + 1];
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= la; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= lb; j++) {
            int differs = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = min_int(min_int(above[j], row[j - 1]) + 1, above[j - 1] + differs);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = min_int(row[j], above2[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

void ns_suggest_offer(ns_suggest *s, const char *candidate)
{
    int distance = ns_edit_distance(s->word, candidate);
    // One error in a short word, one in three letters of a longer one.
    int allowed = (int)(strlen(s->word) / 3);
    if (distance > (allowed > 1 ? allowed : 1) || (size_t)distance >= strlen(candidate))
        return;
    if (!s->best || distance < s->distance ||
        (distance == s->distance && strcmp(candidate, s->best) < 0)) {
        s->best = candidate;
        s->distance = distance;
    }
}
