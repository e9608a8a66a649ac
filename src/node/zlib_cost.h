// The CPU time of compression. It depends on the level and on the content: what compresses well is
// scanned in long matches, noise has none. The measure of content is how small a fast deflate makes
// a sample of the plain bytes; between four contents whose cost was measured (bench/fit-crypto.js
// zlib, profile part "zlib") it is interpolated.
#ifndef NS_NODE_ZLIB_COST_H
#define NS_NODE_ZLIB_COST_H

#include "model/profile.h"
#include "node/zlib_codec.h"

// CPU in ns of making the library's stream.
ns_time ns_codec_open_cost(const ns_profile *profile, const ns_codec *codec);
// CPU in ns of one write: `plain` is what it compressed, or what it gave when it decompressed.
ns_time ns_codec_write_cost(const ns_profile *profile, const ns_codec *codec, const uint8_t *plain,
                            size_t size);

#endif
