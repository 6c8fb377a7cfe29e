// Body of update_decoder.hpp.
#pragma once

#include <fullon_cache_api/detail/stream/topic_value.hpp>
#include <fullon_cache_api/detail/stream/update_decoder.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/mp11/algorithm.hpp>

#include <memory>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

template <class Operation>
bool decode_item(const protocol::server_message& message, stream_message& to)
{
    using item = typename Operation::item;
    auto read = fullon_orm::read_json<item>(*message.body);
    if (!read)
        return false;
    auto value = std::make_shared<const item>(std::move(*read));
    describe_item<Operation>(*value, to);
    to.topic = stream_traits<Operation>::topic(*value);
    to.value = std::move(value);
    return true;
}

} // namespace

std::optional<stream_message> decode_update(protocol::server_message&& message)
{
    std::optional<stream_message> result(std::in_place);
    bool decoded = false;
    if (!message.body)
        return std::nullopt;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, stream_operations>>([&](auto one) {
        using operation = typename decltype(one)::type;
        if (operation::message_type == message.update_type)
            decoded = decode_item<operation>(message, *result);
    });
    if (!decoded)
        return std::nullopt;
    result->stream_key = std::move(message.stream_key);
    result->update_id = message.update_id;
    result->snapshot = message.snapshot;
    result->removed = message.removed;
    return result;
}

} // namespace fullon_cache_api::detail
