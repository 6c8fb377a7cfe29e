// HTTP/1.1 requests out of bytes. Sans-io.
#pragma once

#include <fullon_cache_api/http_message.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Bytes, and a number of fields.
struct http_limits {
    std::size_t line = 4096;
    std::size_t header = 8192; ///< with the first line
    std::size_t fields = 100;
    std::size_t body = 65536;
};

/// A request as it came. What a body says is nothing here: it is read to find the next request, and forgotten.
struct received_request {
    http_request message;
    bool keep_alive = true;
    bool has_body = false;
    bool wants_websocket = false; ///< an `Upgrade` field names it
    bool old = false; ///< HTTP/1.0
};

/// Takes bytes as they come and gives whole requests, one after the other. Of what two readers could understand in two
/// ways nothing is guessed, it is refused: lines that end in other than CRLF, folded lines, Content-Length twice or beside
/// Transfer-Encoding, codings other than chunked, no Host or several.
class http_reader {
public:
    explicit http_reader(http_limits limits = {});
    ~http_reader();

    void feed(std::string_view bytes);

    /// The next request, or nothing: more bytes are needed, or what came is refused.
    std::optional<received_request> next();

    /// What to answer before the connection is closed; nothing more is read then.
    const std::optional<http_response>& refusal() const noexcept { return refusal_; }

    /// Whether nothing of a next request has come.
    bool idle() const noexcept { return !body_ && rest().empty(); }

    /// What came behind the last request.
    std::string_view rest() const noexcept { return std::string_view(bytes_).substr(used_); }

private:
    struct parser;

    bool read_head();
    std::optional<std::string_view> whole_head();
    void take_head(std::string_view head);
    void refuse(unsigned status, std::string_view detail);

    http_limits limits_;
    std::string bytes_;
    std::size_t used_ = 0; // of bytes_
    std::size_t scanned_ = 0; // of bytes_, in search of the end of a head
    std::unique_ptr<parser> body_; // of the request whose body is being read
    received_request request_;
    std::optional<http_response> refusal_;
};

} // namespace fullon_cache_api::detail
