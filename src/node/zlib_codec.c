#include "node/zlib_codec.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static bool is_brotli(const ns_codec *codec)
{
    return codec->mode == NS_ZLIB_BROTLI_DECODE || codec->mode == NS_ZLIB_BROTLI_ENCODE;
}

static const char *status_name(int status)
{
    switch (status) {
    case Z_OK:
        return "Z_OK";
    case Z_STREAM_END:
        return "Z_STREAM_END";
    case Z_NEED_DICT:
        return "Z_NEED_DICT";
    case Z_ERRNO:
        return "Z_ERRNO";
    case Z_STREAM_ERROR:
        return "Z_STREAM_ERROR";
    case Z_DATA_ERROR:
        return "Z_DATA_ERROR";
    case Z_MEM_ERROR:
        return "Z_MEM_ERROR";
    case Z_BUF_ERROR:
        return "Z_BUF_ERROR";
    case Z_VERSION_ERROR:
        return "Z_VERSION_ERROR";
    default:
        return "Z_UNKNOWN";
    }
}

static ns_codec_error zlib_error(const ns_codec *codec, const char *message)
{
    if (codec->strm.msg)
        message = codec->strm.msg;
    return (ns_codec_error){message, status_name(codec->status), codec->status};
}

// -- zlib -----------------------------------------------------------------------------------------

static ns_codec_error set_dictionary(ns_codec *codec)
{
    codec->status = Z_OK;
    if (codec->dictionary_size == 0)
        return (ns_codec_error){0};
    uInt size = (uInt)codec->dictionary_size;
    if (codec->mode == NS_ZLIB_DEFLATE || codec->mode == NS_ZLIB_DEFLATERAW)
        codec->status = deflateSetDictionary(&codec->strm, codec->dictionary, size);
    else if (codec->mode == NS_ZLIB_INFLATERAW)
        codec->status = inflateSetDictionary(&codec->strm, codec->dictionary, size);
    return codec->status == Z_OK ? (ns_codec_error){0}
                                 : zlib_error(codec, "Failed to set dictionary");
}

// The stream is made by the first write, reset or change of parameters.
static bool make_stream(ns_codec *codec)
{
    if (codec->ready)
        return true;
    int bits = codec->window_bits;
    if (codec->mode == NS_ZLIB_GZIP || codec->mode == NS_ZLIB_GUNZIP)
        bits += 16;
    if (codec->mode == NS_ZLIB_UNZIP)
        bits += 32;
    if (codec->mode == NS_ZLIB_DEFLATERAW || codec->mode == NS_ZLIB_INFLATERAW)
        bits = -bits;
    if (ns_codec_compresses(codec))
        codec->status = deflateInit2(&codec->strm, codec->level, Z_DEFLATED, bits, codec->mem_level,
                                     codec->strategy);
    else
        codec->status = inflateInit2(&codec->strm, bits);
    if (codec->status != Z_OK)
        return false;
    codec->ready = true;
    set_dictionary(codec);
    return codec->status == Z_OK;
}

static void reset_stream(ns_codec *codec)
{
    codec->status =
        ns_codec_compresses(codec) ? deflateReset(&codec->strm) : inflateReset(&codec->strm);
}

// UNZIP becomes GUNZIP when gzip's magic number is seen, and INFLATE otherwise.
static bool detect(ns_codec *codec)
{
    const Bytef *next = codec->strm.avail_in ? codec->strm.next_in : NULL;
    if (!next)
        return codec->id_bytes > 0;
    if (codec->id_bytes == 0) {
        if (*next != 0x1f) {
            codec->mode = NS_ZLIB_INFLATE;
            return true;
        }
        codec->id_bytes = 1;
        next++;
        if (codec->strm.avail_in == 1)
            return true;
    }
    codec->id_bytes = *next == 0x8b ? 2 : codec->id_bytes;
    codec->mode = *next == 0x8b ? NS_ZLIB_GUNZIP : NS_ZLIB_INFLATE;
    return true;
}

static void inflate_all(ns_codec *codec)
{
    codec->status = inflate(&codec->strm, codec->flush);
    if (codec->mode != NS_ZLIB_INFLATERAW && codec->status == Z_NEED_DICT &&
        codec->dictionary_size) {
        codec->status =
            inflateSetDictionary(&codec->strm, codec->dictionary, (uInt)codec->dictionary_size);
        if (codec->status == Z_OK)
            codec->status = inflate(&codec->strm, codec->flush);
        else if (codec->status == Z_DATA_ERROR)
            codec->status = Z_NEED_DICT; // tells a bad dictionary from bad input
    }
    // Another member, or garbage; zeros pad.
    while (codec->strm.avail_in > 0 && codec->mode == NS_ZLIB_GUNZIP &&
           codec->status == Z_STREAM_END && codec->strm.next_in[0] != 0) {
        reset_stream(codec);
        codec->status = inflate(&codec->strm, codec->flush);
    }
}

static void process_zlib(ns_codec *codec)
{
    if (!make_stream(codec))
        return;
    codec->strm.next_in = (Bytef *)(uintptr_t)codec->in;
    codec->strm.avail_in = codec->in_left;
    codec->strm.next_out = codec->out;
    codec->strm.avail_out = codec->out_left;
    if (ns_codec_compresses(codec))
        codec->status = deflate(&codec->strm, codec->flush);
    else if (codec->mode != NS_ZLIB_UNZIP || detect(codec))
        inflate_all(codec);
    codec->in_left = codec->strm.avail_in;
    codec->out_left = codec->strm.avail_out;
}

// -- Brotli ---------------------------------------------------------------------------------------

static void close_brotli(ns_codec *codec)
{
    BrotliEncoderDestroyInstance(codec->encoder);
    BrotliDecoderDestroyInstance(codec->decoder);
    codec->encoder = NULL;
    codec->decoder = NULL;
}

bool ns_codec_init_brotli(ns_codec *codec)
{
    close_brotli(codec);
    codec->encoded = true;
    codec->decoded = BROTLI_DECODER_RESULT_SUCCESS;
    bool ok = true;
    if (codec->mode == NS_ZLIB_BROTLI_ENCODE) {
        codec->encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL);
        for (int i = 0; codec->encoder && ok && i < 10; i++)
            if (codec->params[i] != UINT32_MAX)
                ok = BrotliEncoderSetParameter(codec->encoder, (BrotliEncoderParameter)i,
                                               codec->params[i]);
        return ok && codec->encoder;
    }
    codec->decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    for (int i = 0; codec->decoder && ok && i < 2; i++)
        if (codec->params[i] != UINT32_MAX)
            ok = BrotliDecoderSetParameter(codec->decoder, (BrotliDecoderParameter)i,
                                           codec->params[i]);
    return ok && codec->decoder;
}

// Node's Brotli names an error with its group, "_ERROR_FORMAT_PADDING_1"; others without.
static void name_brotli_error(ns_codec *codec)
{
    BrotliDecoderErrorCode number = BrotliDecoderGetErrorCode(codec->decoder);
    const char *text = BrotliDecoderErrorString(number);
    const char *group = text[0] == '_'                                   ? ""
                        : number >= BROTLI_DECODER_ERROR_FORMAT_DISTANCE ? "_ERROR_FORMAT_"
                        : number <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                                number >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES
                            ? "_ERROR_ALLOC_"
                            : "_ERROR_";
    snprintf(codec->code, sizeof codec->code, "ERR_%s%s", group, text);
}

static void process_brotli(ns_codec *codec)
{
    size_t in = codec->in_left, out = codec->out_left;
    if (codec->encoder) {
        codec->encoded =
            BrotliEncoderCompressStream(codec->encoder, (BrotliEncoderOperation)codec->flush, &in,
                                        &codec->in, &out, &codec->out, NULL);
    } else {
        codec->decoded =
            BrotliDecoderDecompressStream(codec->decoder, &in, &codec->in, &out, &codec->out, NULL);
        if (codec->decoded == BROTLI_DECODER_RESULT_ERROR)
            name_brotli_error(codec);
    }
    codec->in_left = (uint32_t)in;
    codec->out_left = (uint32_t)out;
}

static ns_codec_error brotli_error(const ns_codec *codec)
{
    if (codec->mode == NS_ZLIB_BROTLI_ENCODE)
        return codec->encoded
                   ? (ns_codec_error){0}
                   : (ns_codec_error){"Compression failed", "ERR_BROTLI_COMPRESSION_FAILED", -1};
    if (codec->decoded == BROTLI_DECODER_RESULT_ERROR)
        return (ns_codec_error){"Decompression failed", codec->code,
                                (int)BrotliDecoderGetErrorCode(codec->decoder)};
    if (codec->flush == BROTLI_OPERATION_FINISH &&
        codec->decoded == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
        return (ns_codec_error){"unexpected end of file", "Z_BUF_ERROR", Z_BUF_ERROR};
    return (ns_codec_error){0};
}

// -- Both -----------------------------------------------------------------------------------------

void ns_codec_close(ns_codec *codec)
{
    if (codec->ready && ns_codec_compresses(codec))
        deflateEnd(&codec->strm);
    else if (codec->ready)
        inflateEnd(&codec->strm);
    codec->ready = false;
    close_brotli(codec);
    ns_free(codec->dictionary);
    codec->dictionary = NULL;
    codec->dictionary_size = 0;
    codec->mode = NS_ZLIB_NONE;
}

void ns_codec_process(ns_codec *codec)
{
    if (is_brotli(codec))
        process_brotli(codec);
    else
        process_zlib(codec);
}

ns_codec_error ns_codec_get_error(const ns_codec *codec)
{
    if (is_brotli(codec))
        return brotli_error(codec);
    switch (codec->status) {
    case Z_OK:
    case Z_BUF_ERROR:
        if (codec->out_left != 0 && codec->flush == Z_FINISH)
            return zlib_error(codec, "unexpected end of file");
        return (ns_codec_error){0};
    case Z_STREAM_END:
        return (ns_codec_error){0};
    case Z_NEED_DICT:
        return zlib_error(codec, codec->dictionary_size ? "Bad dictionary" : "Missing dictionary");
    default:
        return zlib_error(codec, "Zlib error");
    }
}

ns_codec_error ns_codec_reset(ns_codec *codec)
{
    if (is_brotli(codec))
        return ns_codec_init_brotli(codec)
                   ? (ns_codec_error){0}
                   : (ns_codec_error){"Could not initialize Brotli instance",
                                      "ERR_ZLIB_INITIALIZATION_FAILED", -1};
    if (!make_stream(codec))
        return zlib_error(codec, "Failed to init stream before reset");
    reset_stream(codec);
    if (codec->status != Z_OK)
        return zlib_error(codec, "Failed to reset stream");
    return set_dictionary(codec);
}

ns_codec_error ns_codec_set_params(ns_codec *codec, int level, int strategy)
{
    if (is_brotli(codec))
        return (ns_codec_error){0};
    if (!make_stream(codec))
        return zlib_error(codec, "Failed to init stream before set parameters");
    codec->status = Z_OK;
    if (codec->mode == NS_ZLIB_DEFLATE || codec->mode == NS_ZLIB_DEFLATERAW)
        codec->status = deflateParams(&codec->strm, level, strategy);
    if (codec->status != Z_OK && codec->status != Z_BUF_ERROR)
        return zlib_error(codec, "Failed to set parameters");
    return (ns_codec_error){0};
}
