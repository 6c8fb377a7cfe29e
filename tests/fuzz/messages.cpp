// Messages of both sides of the WebSocket, and the URL of a client: any bytes are read, or refused with words.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/client/websocket_url.hpp>
#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <fullon_orm/parse_message.hpp>

#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    namespace protocol = fullon_cache_api::protocol;
    const auto text = fuzz::text_of(data, size);
    const auto asked = protocol::parse_request(text);
    if (asked.failure) {
        fuzz::require(!asked.problem.empty());
        const auto told = protocol::error_message(asked.id, *asked.failure, asked.problem);
        fuzz::require(boost::json::parse(told).is_object());
    }
    const auto compat = protocol::parse_compat_request(text);
    const auto answer = compat.failure ? protocol::compat_failure(compat.id, *compat.failure)
                                       : protocol::compat_success(compat.id, compat.action, compat.params);
    const auto echoed = fullon_orm::parse_message(answer); // what it echoes may be nested deeply
    fuzz::require(echoed && echoed->is_object());
    for (const auto& [name, value] : compat.params)
        fuzz::require(protocol::python_int(value) || !value.is_int64());
    const auto said = protocol::parse_server_message(text);
    fuzz::require(said.type != protocol::server_message::kind::malformed || !said.text.empty());
    try {
        fullon_cache_api::detail::parse_websocket_url(text);
    } catch (const boost::system::system_error&) { // refused
    }
    return 0;
}
