// internalBinding('url'): the WHATWG URL parser, Ada, as Node uses it (source: src/node_url.cc).
#include <string.h>

#include "ada_c.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "node/args.h"
#include "node/string_bytes.h"

#define COMPONENTS 9 // urlComponents: offsets into the href, and the type of the scheme

// bindingUrl.update's actions, in the order of updateActions of lib/internal/url.js.
enum { PROTOCOL, HOST, HOSTNAME, PORT, USERNAME, PASSWORD, PATHNAME, SEARCH, HASH, HREF };

typedef struct text {
    char *data; // UTF-8
    size_t length;
} text;

// A string argument's UTF-8; false with an exception pending. Free `data`.
static bool text_arg(JSContext *ctx, JSValueConst value, text *out)
{
    out->data = (char *)ns_decode(ctx, value, NS_ENC_UTF8, &out->length);
    return out->data != NULL;
}

static JSValue new_string(JSContext *ctx, const char *data, size_t length)
{
    return ns_encode(ctx, (const uint8_t *)data, length, NS_ENC_UTF8);
}

static JSValue throw_invalid(JSContext *ctx, const text *input, const text *base)
{
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_URL", "Invalid URL");
    JSValue error = JS_GetException(ctx);
    if (ns_set(ctx, error, "input", new_string(ctx, input->data, input->length)) < 0 ||
        (base && ns_set(ctx, error, "base", new_string(ctx, base->data, base->length)) < 0)) {
        JS_FreeValue(ctx, error);
        return JS_EXCEPTION;
    }
    return JS_Throw(ctx, error);
}

// The href of a valid URL, its parts written to urlComponents.
static JSValue publish(JSContext *ctx, ada_url url, JSValueConst components)
{
    uint8_t *memory;
    size_t size;
    const ada_url_components *c = ada_get_components(url);
    uint32_t values[COMPONENTS] = {c->protocol_end, c->username_end, c->host_start,
                                   c->host_end,     c->port,         c->pathname_start,
                                   c->search_start, c->hash_start,   ada_get_scheme_type(url)};
    if (!ns_arg_bytes(ctx, components, &memory, &size))
        return JS_EXCEPTION;
    if (size >= sizeof values)
        memcpy(memory, values, sizeof values);
    ada_string href = ada_get_href(url);
    return new_string(ctx, href.data, href.length);
}

static JSValue parse_text(JSContext *ctx, const text *input, const text *base, bool raise,
                          JSValueConst components)
{
    ada_url url = base ? ada_parse_with_base(input->data, input->length, base->data, base->length)
                       : ada_parse(input->data, input->length);
    JSValue result = JS_UNDEFINED;
    ns_charge_work(ctx, NS_WORK_URL, 1);
    ns_charge_work(ctx, NS_WORK_STRING, input->length);
    if (ada_is_valid(url))
        result = publish(ctx, url, components);
    else if (raise)
        result = throw_invalid(ctx, input, base);
    ada_free(url);
    return result;
}

// parse(input, base, raiseException): the href; undefined for an invalid URL that is not raised
static JSValue parse(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic,
                     JSValue *data)
{
    text input, base = {0};
    if (!text_arg(ctx, ns_arg(argc, argv, 0), &input))
        return JS_EXCEPTION;
    bool has_base = JS_IsString(ns_arg(argc, argv, 1));
    if (has_base && !text_arg(ctx, argv[1], &base)) {
        ns_free(input.data);
        return JS_EXCEPTION;
    }
    JSValue result = parse_text(ctx, &input, has_base ? &base : NULL,
                                ns_arg_bool(ctx, ns_arg(argc, argv, 2)), data[0]);
    ns_free(input.data);
    ns_free(base.data);
    return result;
}

static JSValue can_parse(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    text input, base = {0};
    if (!text_arg(ctx, ns_arg(argc, argv, 0), &input))
        return JS_EXCEPTION;
    bool has_base = JS_IsString(ns_arg(argc, argv, 1)), valid;
    if (has_base && !text_arg(ctx, argv[1], &base)) {
        ns_free(input.data);
        return JS_EXCEPTION;
    }
    valid = has_base ? ada_can_parse_with_base(input.data, input.length, base.data, base.length)
                     : ada_can_parse(input.data, input.length);
    ns_free(input.data);
    ns_free(base.data);
    return JS_NewBool(ctx, valid);
}

static bool apply(ada_url url, int action, const text *value)
{
    switch (action) {
    case PROTOCOL:
        return ada_set_protocol(url, value->data, value->length);
    case HOST:
        return ada_set_host(url, value->data, value->length);
    case HOSTNAME:
        return ada_set_hostname(url, value->data, value->length);
    case PORT:
        return ada_set_port(url, value->data, value->length);
    case USERNAME:
        return ada_set_username(url, value->data, value->length);
    case PASSWORD:
        return ada_set_password(url, value->data, value->length);
    case PATHNAME:
        return ada_set_pathname(url, value->data, value->length);
    case SEARCH:
        ada_set_search(url, value->data, value->length);
        return true;
    case HASH:
        ada_set_hash(url, value->data, value->length);
        return true;
    case HREF:
        return ada_set_href(url, value->data, value->length);
    default:
        return false;
    }
}

// update(href, action, value): the new href, or false when the value is refused
static JSValue update(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                      int magic, JSValue *data)
{
    text href, value;
    int64_t action;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 1), &action) ||
        !text_arg(ctx, ns_arg(argc, argv, 0), &href))
        return JS_EXCEPTION;
    if (!text_arg(ctx, ns_arg(argc, argv, 2), &value)) {
        ns_free(href.data);
        return JS_EXCEPTION;
    }
    ada_url url = ada_parse(href.data, href.length);
    JSValue result = ada_is_valid(url) && apply(url, (int)action, &value)
                         ? publish(ctx, url, data[0])
                         : JS_FALSE;
    ns_charge_work(ctx, NS_WORK_STRING, href.length + value.length);
    ada_free(url);
    ns_free(href.data);
    ns_free(value.data);
    return result;
}

// What url.format(URL, options) leaves of an href.
typedef struct format_options {
    bool hash, unicode, search, auth;
} format_options;

static void add_authority(ns_buf *out, ada_url url, const format_options *options)
{
    ada_string user = ada_get_username(url), password = ada_get_password(url);
    ada_string host = ada_get_hostname(url);
    ns_buf_str(out, "//");
    if (options->auth && (user.length > 0 || password.length > 0)) {
        ns_buf_add(out, user.data, user.length);
        if (password.length > 0) {
            ns_buf_char(out, ':');
            ns_buf_add(out, password.data, password.length);
        }
        ns_buf_char(out, '@');
    }
    if (!options->unicode) {
        ns_buf_add(out, host.data, host.length);
        return;
    }
    ada_owned_string unicode = ada_idna_to_unicode(host.data, host.length);
    ns_buf_add(out, unicode.data, unicode.length);
    ada_free_owned_string(unicode);
}

static void format_url(ns_buf *out, ada_url url, const format_options *options)
{
    const ada_url_components *c = ada_get_components(url);
    ada_string href = ada_get_href(url);
    size_t hash = c->hash_start == ada_url_omitted ? href.length : c->hash_start;
    size_t search = c->search_start == ada_url_omitted ? hash : c->search_start;
    ns_buf_add(out, href.data, c->protocol_end);
    if (ada_has_hostname(url))
        add_authority(out, url, options);
    // The port, or the "/." that keeps a path from being read as a host.
    ns_buf_add(out, href.data + c->host_end, search - c->host_end);
    if (options->search)
        ns_buf_add(out, href.data + search, hash - search);
    if (options->hash)
        ns_buf_add(out, href.data + hash, href.length - hash);
}

// format(href, hash, unicode, search, auth)
static JSValue format(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    text href;
    ns_buf out = {0};
    format_options options = {
        ns_arg_bool(ctx, ns_arg(argc, argv, 1)), ns_arg_bool(ctx, ns_arg(argc, argv, 2)),
        ns_arg_bool(ctx, ns_arg(argc, argv, 3)), ns_arg_bool(ctx, ns_arg(argc, argv, 4))};
    if (!text_arg(ctx, ns_arg(argc, argv, 0), &href))
        return JS_EXCEPTION;
    ada_url url = ada_parse(href.data, href.length);
    JSValue result;
    if (!ada_is_valid(url)) {
        result = throw_invalid(ctx, &href, NULL);
    } else {
        format_url(&out, url, &options);
        result = out.failed ? JS_ThrowOutOfMemory(ctx) : new_string(ctx, out.data, out.len);
    }
    ns_buf_free(&out);
    ada_free(url);
    ns_free(href.data);
    return result;
}

static JSValue get_origin(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    text href;
    if (!text_arg(ctx, ns_arg(argc, argv, 0), &href))
        return JS_EXCEPTION;
    ada_url url = ada_parse(href.data, href.length);
    JSValue result;
    if (!ada_is_valid(url)) {
        result = ns_throw_code(ctx, "TypeError", "ERR_INVALID_URL", "Invalid URL");
    } else {
        ada_owned_string origin = ada_get_origin(url);
        result = new_string(ctx, origin.data, origin.length);
        ada_free_owned_string(origin);
    }
    ada_free(url);
    ns_free(href.data);
    return result;
}

// A host as the URL parser has it, through a URL of a special scheme; "" for one that it refuses.
static JSValue domain_to(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                         int unicode)
{
    static const char special[] = "ws://x";
    text domain;
    if (!text_arg(ctx, ns_arg(argc, argv, 0), &domain))
        return JS_EXCEPTION;
    ada_url url = ada_parse(special, strlen(special));
    JSValue result;
    if (domain.length == 0 || !ada_set_hostname(url, domain.data, domain.length)) {
        result = new_string(ctx, "", 0);
    } else {
        ada_string host = ada_get_hostname(url);
        if (unicode) {
            ada_owned_string name = ada_idna_to_unicode(host.data, host.length);
            result = new_string(ctx, name.data, name.length);
            ada_free_owned_string(name);
        } else {
            result = new_string(ctx, host.data, host.length);
        }
    }
    ada_free(url);
    ns_free(domain.data);
    return result;
}

NS_BINDING(url)
{
    static const ns_fn_def fns[] = {
        {"format", format, 0}, {"getOrigin", get_origin, 0}, {"canParse", can_parse, 0}};
    JSValue length = JS_NewInt32(ctx, COMPONENTS);
    JSValue components = JS_NewTypedArray(ctx, 1, &length, JS_TYPED_ARRAY_UINT32);
    if (JS_IsException(components))
        return -1;
    int status =
        ns_set(ctx, target, "parse", JS_NewCFunctionData(ctx, parse, 0, 0, 1, &components));
    if (status == 0)
        status =
            ns_set(ctx, target, "update", JS_NewCFunctionData(ctx, update, 0, 0, 1, &components));
    if (ns_set(ctx, target, "urlComponents", components) < 0 || status < 0)
        return -1;
    if (ns_set(ctx, target, "domainToASCII",
               JS_NewCFunctionMagic(ctx, domain_to, "domainToASCII", 0, JS_CFUNC_generic_magic,
                                    0)) < 0 ||
        ns_set(ctx, target, "domainToUnicode",
               JS_NewCFunctionMagic(ctx, domain_to, "domainToUnicode", 0, JS_CFUNC_generic_magic,
                                    1)) < 0)
        return -1;
    return NS_SET_FNS(ctx, target, fns);
}
