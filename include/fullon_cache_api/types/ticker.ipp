// Bodies of ticker.hpp.
#pragma once

#include <fullon_cache_api/types/ticker.hpp>

#include <fullon_orm/tick.hpp>

namespace fullon_cache_api {

ticker to_ticker(const fullon_orm::tick& stored)
{
    return {.exchange = stored.exchange,
            .symbol = stored.symbol,
            .price = stored.price,
            .volume = stored.volume,
            .timestamp = stored.time,
            .bid = stored.bid,
            .ask = stored.ask,
            .last = stored.last};
}

} // namespace fullon_cache_api
