// The reader of HTTP requests: the same bytes are the same requests, wherever they are cut.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/http/http_reader.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct outcome {
    std::vector<std::string> requests;
    bool refused = false;
    bool operator==(const outcome&) const = default;
};

outcome read(std::string_view bytes, std::size_t piece)
{
    fullon_cache_api::detail::http_reader reader;
    outcome found;
    for (std::size_t at = 0; at < bytes.size() && !reader.refusal(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        while (const auto one = reader.next()) {
            std::string text = one->message.method + ' ' + one->message.target;
            for (const auto& [name, value] : one->message.headers)
                text += '\n' + name + ':' + value;
            found.requests.push_back(std::move(text));
        }
    }
    found.refused = reader.refusal().has_value();
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = fuzz::text_of(data, size);
    if (bytes.empty())
        return 0;
    const auto piece = static_cast<std::size_t>(static_cast<unsigned char>(bytes.front())) % 17 + 1;
    const auto rest = bytes.substr(1);
    fuzz::require(read(rest, rest.size() + 1) == read(rest, piece));
    return 0;
}
