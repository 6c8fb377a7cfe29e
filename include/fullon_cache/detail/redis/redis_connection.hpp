// One physical Redis connection, for one session. Included by impl files only.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/detail/redis/redis_wire.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/host_resolver.hpp>
#include <fullon_cache/reply.hpp>
#include <fullon_cache/tls_client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache::detail {

/// \throws cache_error for an answer to PING that tells of no service. A Redis that cannot save its data refuses even
/// PING (MISCONF), and serves every reader.
inline void require_pong(const reply& answer)
{
    if (!answer.is_error() || classify_redis_error(answer.text) != errc::read_only)
        answer.checked();
}

/// What Redis says of itself in answer to HELLO.
struct redis_facts {
    std::string mode; ///< standalone, cluster or sentinel
    std::string role; ///< master or replica
    std::string version;
};

/// Runs once. Requests may be made before; they go out behind the greeting. A request that runs out of time is
/// abandoned: its replies are read and dropped.
class redis_connection {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds unlimited{0};

    /// \param trust  used by the constructor only
    /// \param pushed called for every push, between the replies as Redis sent them
    redis_connection(const boost::asio::any_io_executor& executor, const config& settings, tls_trust& trust,
                     std::shared_ptr<host_resolver> names, redis_wire::push_handler pushed = {});
    redis_connection(const redis_connection&) = delete;
    redis_connection& operator=(const redis_connection&) = delete;
    ~redis_connection() { cancel(); }

    /// Connects and serves until the connection ends. \returns why it ended.
    boost::asio::awaitable<ending> run();

    void cancel() noexcept { end({outage::redis_down, "stopped"}); }
    void end(ending how) noexcept;
    bool over() const noexcept { return wire_->over(); }
    bool nothing_unread() const { return wire_->nothing_unread(); }
    bool nothing_unanswered() const noexcept { return wire_->answered() == wire_->asked(); }
    /// Completes when all that was sent by now is answered, at the deadline, or when the connection has ended.
    /// \returns whether it is answered.
    boost::asio::awaitable<bool> catch_up(clock::time_point deadline);
    clock::time_point last_heard() const noexcept { return wire_->last_heard(); }

    /// \throws cache_error (timeout; unavailable when the connection ends first; unknown_outcome instead of both where it
    ///         was sent and does not only read; protocol when a reply cannot be the answer: the connection ends then)
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands, std::chrono::milliseconds timeout);

    /// One command, at once. `done` is called in the turn of the event loop in which the answer is read, or with null after
    /// the connection has ended.
    void ask(command one, redis_wire::answer_handler done);

    /// SUBSCRIBE or PSUBSCRIBE, in one write. Completes when Redis has answered all.
    /// \returns for each how it was refused; empty = it is in force \throws cache_error unavailable
    boost::asio::awaitable<std::vector<std::string>> subscribe(std::vector<command> commands);

    /// UNSUBSCRIBE.
    void unsubscribe(command one);

    /// Completes when Redis left a PING unanswered for `ping_timeout`, or answered it by telling that it serves nobody
    /// (LOADING, BUSY, MASTERDOWN). Begins with the greeting's end. \returns which.
    boost::asio::awaitable<ending> watch();

    /// Known when anything was answered.
    const redis_facts& facts() const noexcept { return facts_; }

private:
    using exchange = redis_wire::exchange;
    struct closer {
        explicit closer(redis_connection& of) noexcept : lane(of) {}
        closer(const closer&) = delete;
        closer& operator=(const closer&) = delete;
        ~closer() { lane.cancel(); }
        redis_connection& lane;
    };

    boost::asio::awaitable<void> connect(std::shared_ptr<redis_wire> wire);
    boost::asio::awaitable<void> connect_to(std::shared_ptr<redis_wire> wire,
                                            std::vector<redis_wire::socket_type::endpoint_type> places,
                                            clock::time_point deadline);
    boost::asio::awaitable<void> shake_hands(std::shared_ptr<redis_wire> wire);
    boost::asio::awaitable<void> greet(std::shared_ptr<redis_wire> wire);
    void read_facts(const reply& hello);
    std::shared_ptr<exchange> ask(const pipeline& commands, clock::time_point until);
    std::vector<reply> examined(const pipeline& commands, std::vector<reply> replies);

    boost::asio::any_io_executor executor_;
    const config& settings_;
    std::shared_ptr<host_resolver> names_;
    std::shared_ptr<host_resolver::lookup> lookup_;
    std::shared_ptr<tls_progress> progress_ = std::make_shared<tls_progress>();
    std::shared_ptr<boost::asio::ssl::context> tls_;
    std::string tls_failure_;
    std::shared_ptr<redis_wire> wire_;
    redis_facts facts_;
};

} // namespace fullon_cache::detail
