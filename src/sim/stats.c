#include "sim/stats.h"

#include <assert.h>
#include <hdr/hdr_histogram.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/buf.h"

// -- Histograms -----------------------------------------------------------------------------------

struct ns_hist {
    struct hdr_histogram hdr;
    __int128 sum; // of what was recorded, so that the mean is exact
};

static const int64_t highest = INT64_C(1) << 47;

int ns_hist_new(ns_hist **out, ns_err *err)
{
    struct hdr_histogram_bucket_config config;
    ns_hist *hist = ns_calloc(1, sizeof *hist);
    *out = NULL;
    if (hist && hdr_calculate_bucket_config(1, highest, 3, &config) == 0) {
        hdr_init_preallocated(&hist->hdr, &config);
        hist->hdr.counts = ns_calloc((size_t)config.counts_len, sizeof *hist->hdr.counts);
        if (hist->hdr.counts) {
            *out = hist;
            return NS_OK;
        }
    }
    ns_free(hist);
    return ns_fail(err, NS_ENOMEM, "no memory for a histogram");
}

void ns_hist_free(ns_hist *hist)
{
    if (!hist)
        return;
    ns_free(hist->hdr.counts);
    ns_free(hist);
}

void ns_hist_reset(ns_hist *hist)
{
    hdr_reset(&hist->hdr);
    hist->sum = 0;
}

void ns_hist_record_n(ns_hist *hist, int64_t value, int64_t count)
{
    if (value < 0)
        value = 0;
    if (value > highest)
        value = highest;
    hdr_record_values(&hist->hdr, value, count);
    hist->sum += (__int128)value * count;
}

void ns_hist_record(ns_hist *hist, int64_t value)
{
    ns_hist_record_n(hist, value, 1);
}

void ns_hist_add(ns_hist *hist, const ns_hist *from)
{
    hdr_add(&hist->hdr, &from->hdr);
    hist->sum += from->sum;
}

int64_t ns_hist_count(const ns_hist *hist)
{
    return hist->hdr.total_count;
}

int64_t ns_hist_min(const ns_hist *hist)
{
    return ns_hist_count(hist) ? hdr_min(&hist->hdr) : 0;
}

int64_t ns_hist_max(const ns_hist *hist)
{
    return ns_hist_count(hist) ? hdr_max(&hist->hdr) : 0;
}

double ns_hist_mean(const ns_hist *hist)
{
    return ns_hist_count(hist) ? (double)hist->sum / (double)ns_hist_count(hist) : 0;
}

double ns_hist_stddev(const ns_hist *hist)
{
    if (!ns_hist_count(hist))
        return 0;
    double mean = ns_hist_mean(hist), squares = 0;
    struct hdr_iter iter;
    hdr_iter_init(&iter, &hist->hdr);
    while (hdr_iter_next(&iter)) {
        double apart = (double)iter.median_equivalent_value - mean;
        squares += (double)iter.count * apart * apart;
    }
    return sqrt(squares / (double)ns_hist_count(hist));
}

int64_t ns_hist_percentile(const ns_hist *hist, double percentile)
{
    // The nearest rank, as for series of values (report/values.h): hdr_value_at_percentile rounds
    // the rank instead.
    double total = (double)ns_hist_count(hist);
    double rank = ceil(total * percentile / 100 - 1e-9);
    return total > 0 ? hdr_value_at_percentile(&hist->hdr, 100 * rank / total) : 0;
}

bool ns_hist_thin(const ns_hist *hist, double percentile)
{
    // A count of samples is whole; the tolerance is for percentiles such as 99.9 that no double
    // has.
    return (double)ns_hist_count(hist) * (100 - percentile) / 100 < 10 - 1e-6;
}

static void put_be32(ns_buf *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        ns_buf_char(out, (char)(value >> shift));
}

static void put_be64(ns_buf *out, uint64_t value)
{
    put_be32(out, (uint32_t)(value >> 32));
    put_be32(out, (uint32_t)value);
}

// ZigZag LEB128, at most nine bytes, as HdrHistogram's V2 encoding has it.
static void put_zigzag(ns_buf *out, int64_t signed_value)
{
    uint64_t value = ((uint64_t)signed_value << 1) ^ (uint64_t)(signed_value >> 63);
    for (int i = 0; i < 8; i++) {
        if (value < 0x80) {
            ns_buf_char(out, (char)value);
            return;
        }
        ns_buf_char(out, (char)((value & 0x7f) | 0x80));
        value >>= 7;
    }
    ns_buf_char(out, (char)value);
}

static void put_counts(ns_buf *out, const struct hdr_histogram *hdr)
{
    int32_t last = hdr->counts_len - 1;
    while (last >= 0 && hdr->counts[last] == 0)
        last--;
    for (int32_t i = 0; i <= last;) {
        int64_t zeros = 0;
        while (i + zeros <= last && hdr->counts[i + zeros] == 0)
            zeros++;
        if (zeros > 0) {
            put_zigzag(out, -zeros);
            i += (int32_t)zeros;
        } else {
            put_zigzag(out, hdr->counts[i++]);
        }
    }
}

static char *base64(const uint8_t *bytes, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    ns_buf out = {0};
    for (size_t i = 0; i < size; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= i + 2 < size ? bytes[i + 2] : 0;
        ns_buf_char(&out, letters[group >> 18]);
        ns_buf_char(&out, letters[group >> 12 & 63]);
        ns_buf_char(&out, i + 1 < size ? letters[group >> 6 & 63] : '=');
        ns_buf_char(&out, i + 2 < size ? letters[group & 63] : '=');
    }
    return ns_buf_take(&out);
}

char *ns_hist_encode(const ns_hist *hist)
{
    const struct hdr_histogram *hdr = &hist->hdr;
    ns_buf counts = {0}, plain = {0}, packed = {0};
    put_counts(&counts, hdr);
    put_be32(&plain, 0x1c849303 | 0x10);
    put_be32(&plain, (uint32_t)counts.len);
    put_be32(&plain, 0); // normalizing index offset
    put_be32(&plain, (uint32_t)hdr->significant_figures);
    put_be64(&plain, (uint64_t)hdr->lowest_discernible_value);
    put_be64(&plain, (uint64_t)hdr->highest_trackable_value);
    double ratio = 1;
    uint64_t bits;
    memcpy(&bits, &ratio, sizeof bits);
    put_be64(&plain, bits);
    ns_buf_add(&plain, counts.data, counts.len);
    uLongf size = compressBound((uLong)plain.len);
    char *text = NULL;
    uint8_t *bytes = ns_malloc(size);
    if (bytes && !counts.failed && !plain.failed &&
        compress2(bytes, &size, (const Bytef *)plain.data, (uLong)plain.len, 6) == Z_OK) {
        put_be32(&packed, 0x1c849304 | 0x10);
        put_be32(&packed, (uint32_t)size);
        ns_buf_add(&packed, bytes, size);
        if (!packed.failed)
            text = base64((const uint8_t *)packed.data, packed.len);
    }
    ns_free(bytes);
    ns_buf_free(&counts);
    ns_buf_free(&plain);
    ns_buf_free(&packed);
    return text;
}

void ns_hist_each(const ns_hist *hist,
                  void (*each)(void *opaque, int64_t low, int64_t high, int64_t count),
                  void *opaque)
{
    struct hdr_iter iter;
    hdr_iter_recorded_init(&iter, &hist->hdr);
    while (hdr_iter_next(&iter))
        each(opaque, iter.lowest_equivalent_value, iter.highest_equivalent_value, iter.count);
}

// -- Reading an encoding back ---------------------------------------------------------------------

static int digit64(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool unbase64(const char *text, ns_buf *out)
{
    uint32_t bits = 0;
    int count = 0;
    for (; *text && *text != '='; text++) {
        int digit = digit64(*text);
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            ns_buf_char(out, (char)(bits >> count));
        }
    }
    return strspn(text, "=") == strlen(text) && !out->failed;
}

static uint32_t be32(const ns_buf *b, size_t at)
{
    const uint8_t *bytes = (const uint8_t *)b->data + at;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_zigzag(const ns_buf *b, size_t *at, int64_t *out)
{
    uint64_t value = 0;
    for (int i = 0; i < 9; i++) {
        if (*at == b->len)
            return false;
        uint8_t byte = (uint8_t)b->data[(*at)++];
        // The ninth byte has all eight bits.
        value |= (uint64_t)(i == 8 ? byte : byte & 0x7f) << (7 * i);
        if (i == 8 || !(byte & 0x80))
            break;
    }
    *out = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return true;
}

enum { PLAIN_HEADER = 40, PACKED_HEADER = 8 };

// The counts, each into its bucket: that only works when both have the same buckets.
static bool read_counts(ns_hist *hist, const ns_buf *plain)
{
    struct hdr_histogram *hdr = &hist->hdr;
    if (be32(plain, 0) != (0x1c849303 | 0x10) || be32(plain, 4) != plain->len - PLAIN_HEADER ||
        be32(plain, 12) != (uint32_t)hdr->significant_figures ||
        be32(plain, 20) != (uint32_t)hdr->lowest_discernible_value ||
        ((uint64_t)be32(plain, 24) << 32 | be32(plain, 28)) != (uint64_t)highest)
        return false;
    int32_t index = 0;
    for (size_t at = PLAIN_HEADER; at < plain->len;) {
        int64_t count;
        if (!read_zigzag(plain, &at, &count))
            return false;
        if (count < 0) {
            if (count < index - hdr->counts_len)
                return false;
            index -= (int32_t)count;
        } else if (index >= hdr->counts_len) {
            return false;
        } else {
            int64_t low = hdr_value_at_index(hdr, index++);
            if (count > 0)
                ns_hist_record_n(hist, hdr_median_equivalent_value(hdr, low), count);
        }
    }
    return true;
}

static bool inflate_into(const ns_buf *packed, ns_buf *plain, size_t room)
{
    if (packed->len < PACKED_HEADER || be32(packed, 0) != (0x1c849304 | 0x10) ||
        be32(packed, 4) != packed->len - PACKED_HEADER || !ns_buf_reserve(plain, room))
        return false;
    uLongf size = room;
    if (uncompress((Bytef *)plain->data, &size, (const Bytef *)packed->data + PACKED_HEADER,
                   packed->len - PACKED_HEADER) != Z_OK)
        return false;
    plain->len = size;
    return size >= PLAIN_HEADER;
}

int ns_hist_decode(ns_hist **out, const char *text, ns_err *err)
{
    ns_buf packed = {0}, plain = {0};
    int rc = ns_hist_new(out, err);
    if (rc != NS_OK)
        return rc;
    assert(*out);
    size_t room = PLAIN_HEADER + 9 * (size_t)(*out)->hdr.counts_len;
    if (!unbase64(text, &packed) || !inflate_into(&packed, &plain, room) ||
        !read_counts(*out, &plain)) {
        ns_hist_free(*out);
        *out = NULL;
        rc = packed.failed || plain.failed
                 ? ns_fail(err, NS_ENOMEM, "no memory for a histogram")
                 : ns_fail(err, NS_EINVAL, "a histogram is damaged, or of another kind");
    }
    ns_buf_free(&packed);
    ns_buf_free(&plain);
    return rc;
}

// -- Averages -------------------------------------------------------------------------------------

void ns_gauge_set(ns_gauge *gauge, ns_time now, double value)
{
    if (!gauge->started) {
        gauge->started = true;
        gauge->start = gauge->since = now;
    }
    gauge->area += gauge->value * (double)(now - gauge->since);
    gauge->since = now;
    gauge->value = value;
    if (value > gauge->max)
        gauge->max = value;
}

double ns_gauge_average(const ns_gauge *gauge, ns_time now)
{
    if (!gauge->started || now <= gauge->start)
        return gauge->value;
    double area = gauge->area + gauge->value * (double)(now - gauge->since);
    return area / (double)(now - gauge->start);
}

void ns_moments_add(ns_moments *m, double x)
{
    double delta = x - m->mean;
    m->count++;
    m->mean += delta / (double)m->count;
    m->m2 += delta * (x - m->mean);
}

double ns_moments_variance(const ns_moments *m)
{
    return m->count < 2 ? 0 : m->m2 / (double)(m->count - 1);
}

double ns_student_t975(uint64_t degrees)
{
    static const double table[] = {12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912,
                                   2.364624,  2.306004, 2.262157, 2.228139, 2.200985, 2.178813,
                                   2.160369,  2.144787, 2.131450, 2.119905, 2.109816, 2.100922,
                                   2.093024,  2.085963, 2.079614, 2.073873, 2.068658, 2.063899,
                                   2.059539,  2.055529, 2.051831, 2.048407, 2.045230, 2.042272};
    if (degrees == 0)
        return INFINITY;
    if (degrees <= sizeof table / sizeof table[0])
        return table[degrees - 1];
    // Cornish-Fisher expansion about the normal quantile; the error is below 1e-6 here.
    double z = 1.959963984540054, n = (double)degrees, z2 = z * z;
    double g1 = z * (z2 + 1) / 4;
    double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
    double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    return z + g1 / n + g2 / (n * n) + g3 / (n * n * n);
}

double ns_moments_ci95(const ns_moments *m)
{
    if (m->count < 2)
        return INFINITY;
    return ns_student_t975(m->count - 1) * sqrt(ns_moments_variance(m) / (double)m->count);
}
