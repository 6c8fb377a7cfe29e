// Tells links that their io_context is being destroyed. Included by impl files only.
#pragma once

#include <fullon_cache/redis_link.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace fullon_cache::detail {

/// A service of the io_context: it is shut down while everything else of it is still there.
class context_end final : public boost::asio::execution_context::service {
public:
    using key_type = context_end;
    inline static boost::asio::execution_context::id id;

    explicit context_end(boost::asio::execution_context& context) : service(context) {}

    static void tell(const boost::asio::any_io_executor& executor, std::weak_ptr<redis_link> one)
    {
        auto& context = boost::asio::query(executor, boost::asio::execution::context);
        auto& self = boost::asio::use_service<context_end>(context);
        const std::lock_guard lock(self.mutex_);
        std::erase_if(self.links_, [](const std::weak_ptr<redis_link>& known) { return known.expired(); });
        self.links_.push_back(std::move(one));
    }

private:
    void shutdown() noexcept override
    {
        for (const auto& weak : std::exchange(links_, {}))
            if (const auto one = weak.lock())
                one->context_gone();
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<redis_link>> links_;
};

} // namespace fullon_cache::detail
