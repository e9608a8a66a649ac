// The streams behind the zlib binding: zlib's and Brotli's, by one interface (source: ZlibContext
// and Brotli*Context of node's src/node_zlib.cc).
#ifndef NS_NODE_ZLIB_CODEC_H
#define NS_NODE_ZLIB_CODEC_H

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

// node_zlib_mode, same numbers.
typedef enum ns_zlib_mode {
    NS_ZLIB_NONE,
    NS_ZLIB_DEFLATE,
    NS_ZLIB_INFLATE,
    NS_ZLIB_GZIP,
    NS_ZLIB_GUNZIP,
    NS_ZLIB_DEFLATERAW,
    NS_ZLIB_INFLATERAW,
    NS_ZLIB_UNZIP,
    NS_ZLIB_BROTLI_DECODE,
    NS_ZLIB_BROTLI_ENCODE
} ns_zlib_mode;

typedef struct ns_codec_error {
    const char *message; // NULL: none
    const char *code;    // "Z_DATA_ERROR"
    int number;
} ns_codec_error;

typedef struct ns_codec {
    ns_zlib_mode mode;
    bool ready; // the library's stream is made
    int flush;
    // zlib
    z_stream strm;
    int level, window_bits, mem_level, strategy, status;
    unsigned id_bytes; // of gzip's magic number that UNZIP has seen
    uint8_t *dictionary;
    size_t dictionary_size;
    // Brotli
    BrotliEncoderState *encoder;
    BrotliDecoderState *decoder;
    bool encoded;
    BrotliDecoderResult decoded;
    uint32_t params[10]; // by BrotliEncoderParameter or BrotliDecoderParameter; UINT32_MAX: default
    char code[64];
    // One write
    const uint8_t *in;
    uint8_t *out;
    uint32_t in_left, out_left;
} ns_codec;

void ns_codec_close(ns_codec *codec);
void ns_codec_process(ns_codec *codec);
ns_codec_error ns_codec_get_error(const ns_codec *codec);
ns_codec_error ns_codec_reset(ns_codec *codec);
ns_codec_error ns_codec_set_params(ns_codec *codec, int level, int strategy);
bool ns_codec_init_brotli(ns_codec *codec); // from params

static inline bool ns_codec_compresses(const ns_codec *codec)
{
    return codec->mode == NS_ZLIB_DEFLATE || codec->mode == NS_ZLIB_GZIP ||
           codec->mode == NS_ZLIB_DEFLATERAW || codec->mode == NS_ZLIB_BROTLI_ENCODE;
}

#endif
