// A whole hostile Redis: its bytes, cut anywhere, against requests of every kind that are asked and abandoned between.
#include "fuzz.hpp"

#include <fullon_cache/detail/redis/reply_router.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fullon_cache::reply;
using fullon_cache::detail::reply_router;
using fullon_cache::detail::reply_sink;
using fullon_cache::detail::resp3_limits;
using fullon_cache::detail::sent_request;

constexpr std::size_t most_bytes = 1 << 20;

std::size_t size_of(const reply& tree, std::size_t depth = 0)
{
    fuzz::require(depth <= 64);
    std::size_t all = sizeof(reply) + tree.text.size();
    for (const auto& one : tree.items)
        all += size_of(one, depth + 1);
    return all;
}

struct peer final : reply_sink {
    void on_push(const reply& push) override
    {
        fuzz::require(!stopped && size_of(push) <= most_bytes + sizeof(reply));
        log += '>';
        if (push.items.size() > 30) { // as a lane that ends in the call
            stopped = true;
            router->stop();
        }
    }
    void on_answered(const std::shared_ptr<sent_request>& request) override
    {
        fuzz::require(!stopped && request->answered);
        for (const auto& one : request->replies)
            fuzz::require(size_of(one) <= most_bytes + sizeof(reply));
        fuzz::require(!request->confirmed_by_pushes || request->replies.size() <= 1);
        log += std::to_string(request->replies.size());
        if (log.size() < 100) // a caller asks for the next one at once
            ask(log.size());
    }
    void ask(std::size_t how)
    {
        auto made = std::make_shared<sent_request>();
        made->missing = 1 + how % 3;
        made->confirmed_by_pushes = how % 5 == 0;
        made->abandoned = how % 7 == 0;
        asked.push_back(made);
        router->sent(made);
    }

    reply_router* router = nullptr;
    std::vector<std::shared_ptr<sent_request>> asked;
    std::string log;
    bool stopped = false;
};

std::string run(std::string_view bytes, std::size_t piece)
{
    resp3_limits limits;
    limits.whole = most_bytes;
    reply_router router(limits);
    peer redis;
    redis.router = &router;
    for (std::size_t i = 0; i < 4; ++i)
        redis.ask(i);
    bool good = true;
    for (std::size_t at = 0; at < bytes.size() && good; at += piece)
        good = router.read(bytes.substr(at, piece), redis);
    fuzz::require(good || redis.stopped || !router.error().empty());
    for (const auto& one : router.take_waiting())
        fuzz::require(!one->answered);
    return redis.log + router.error();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    // However the bytes are cut, they say the same.
    fuzz::require(run(bytes, bytes.size() + 1) == run(bytes, 1 + data[0] % 32));
    return 0;
}
