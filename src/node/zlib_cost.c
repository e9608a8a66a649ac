#include "node/zlib_cost.h"

#include <stdio.h>

// "deflate.6", "brotli.11", "inflate" or "brotli_decode".
static void kind_of(const ns_codec *codec, char *kind, size_t size)
{
    bool brotli = codec->mode == NS_ZLIB_BROTLI_ENCODE || codec->mode == NS_ZLIB_BROTLI_DECODE;
    uint32_t quality = codec->params[BROTLI_PARAM_QUALITY];
    if (!ns_codec_compresses(codec))
        snprintf(kind, size, "%s", brotli ? "brotli_decode" : "inflate");
    else if (brotli)
        snprintf(kind, size, "brotli.%u",
                 quality > BROTLI_MAX_QUALITY ? BROTLI_DEFAULT_QUALITY : (unsigned)quality);
    else
        snprintf(kind, size, "deflate.%d", codec->level < 0 || codec->level > 9 ? 6 : codec->level);
}

// Packed size by plain size of a sample: the first 8 KiB, raw deflate, level 1.
static double sample_ratio(const uint8_t *plain, size_t size)
{
    enum { sample_max = 8192 };
    uint8_t packed[2 * sample_max];
    z_stream strm = {0};
    uInt sample = (uInt)(size < sample_max ? size : sample_max);
    if (deflateInit2(&strm, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 1;
    strm.next_in = (Bytef *)(uintptr_t)plain;
    strm.avail_in = sample;
    strm.next_out = packed;
    strm.avail_out = sizeof packed;
    deflate(&strm, Z_FINISH);
    double ratio = (double)strm.total_out / (double)sample;
    deflateEnd(&strm);
    return ratio;
}

static double content_rate(const ns_profile *profile, const char *kind, const char *content)
{
    char name[48];
    snprintf(name, sizeof name, "zlib.%s.%s", kind, content);
    return ns_profile_get(profile, name);
}

// ps for each plain byte.
static double rate(const ns_profile *profile, const char *kind, double ratio)
{
    static const char *const contents[] = {"zeros", "text", "digits", "noise"};
    const double ratios[] = {ns_profile_get(profile, "zlib.ratio.zeros"),
                             ns_profile_get(profile, "zlib.ratio.text"),
                             ns_profile_get(profile, "zlib.ratio.digits"), 1};
    int i = 0;
    while (i < 2 && ratio > ratios[i + 1])
        i++;
    double share = (ratio - ratios[i]) / (ratios[i + 1] - ratios[i]);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    double low = content_rate(profile, kind, contents[i]);
    return low + share * (content_rate(profile, kind, contents[i + 1]) - low);
}

ns_time ns_codec_open_cost(const ns_profile *profile, const ns_codec *codec)
{
    char kind[24], name[48];
    bool deflate = ns_codec_compresses(codec) && codec->mode != NS_ZLIB_BROTLI_ENCODE;
    kind_of(codec, kind, sizeof kind);
    snprintf(name, sizeof name, "zlib.open.%s", deflate ? "deflate" : kind);
    return ns_profile_ns(profile, name);
}

ns_time ns_codec_write_cost(const ns_profile *profile, const ns_codec *codec, const uint8_t *plain,
                            size_t size)
{
    char kind[24];
    kind_of(codec, kind, sizeof kind);
    ns_time call = ns_profile_ns(profile, "zlib.call");
    if (size == 0)
        return call;
    double per_byte = rate(profile, kind, sample_ratio(plain, size));
    return call + (ns_time)((double)size * per_byte / 1000);
}
