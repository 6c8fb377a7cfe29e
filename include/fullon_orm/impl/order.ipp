// Bodies of order.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/order.hpp>

#include <utility>

namespace fullon_orm {
namespace {

constexpr std::size_t usual_order_size = 512;

} // namespace

std::string to_json(const order& value)
{
    std::string out;
    out.reserve(usual_order_size);
    write_json(out, value, json_style::redis);
    return out;
}

boost::system::result<order, read_error> order_from_json(std::string_view json, std::string exchange,
                                                         std::string order_id)
{
    auto read = read_json<order>(json);
    if (read) {
        read->exchange = std::move(exchange);
        read->order_id = std::move(order_id);
    }
    return read;
}

std::string merge_order(const boost::json::object& stored, const order& update)
{
    return merge_json(stored, update);
}

bool is_canceled(const order& value) noexcept
{
    return value.status && *value.status == "canceled";
}

} // namespace fullon_orm
