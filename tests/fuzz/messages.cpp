// Messages of both sides of the WebSocket, and the URL of a client: any bytes are read, or refused with words.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/client/websocket_url.hpp>
#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>
#include <fullon_cache_api/detail/wire/plain_request.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/parse_message.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>

#include <string>

namespace {

namespace protocol = fullon_cache_api::protocol;

// What is read quickly is what the full parser reads, where the parameters are JSON at all: they are only ever compared with a
// text that is.
void check_plain_request(std::string_view text)
{
    const auto asked = protocol::parse_request(text);
    std::string question;
    const auto quick = protocol::read_plain_request(text, question);
    if (!quick)
        return;
    fuzz::require(question.ends_with(quick->operation));
    question.resize(question.size() - quick->operation.size());
    const auto params = fullon_orm::parse_value("[" + question + "]"); // as deep as they are in the message
    fuzz::require(params.has_value() == !asked.failure);
    if (asked.failure)
        return;
    fuzz::require(asked.operation == quick->operation && asked.id == quick->id);
    fuzz::require(params->as_array().size() == 1);
    // As texts: a NaN, which the parser takes, is not equal to itself.
    fuzz::require(boost::json::serialize(params->as_array().front()) == boost::json::serialize(asked.params));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::text_of(data, size);
    const auto asked = protocol::parse_request(text);
    check_plain_request(text);
    // Changes seldom leave a whole message, which is what the quick one is about.
    check_plain_request(R"({"request_id":1,"operation":"a","params":{"b":)" + std::string(text) + "}}");
    check_plain_request(R"({"operation":"a","params":{},"request_id":)" + std::string(text) + "}");
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
