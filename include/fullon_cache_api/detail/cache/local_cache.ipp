// Bodies of local_cache.hpp.
#pragma once

#include <fullon_cache_api/detail/cache/local_cache.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_cache/taken.hpp>

#include <fullon_log/failure_text.hpp>
#include <fullon_log/logger.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_silence{1}; // of Redis; PING is answered every quarter of it
constexpr std::chrono::seconds sweep_pause{1};
constexpr std::size_t node_size = 192; // of an answer, beside its texts

} // namespace

local_cache::local_cache(std::shared_ptr<fullon_cache::redis_link> redis, limits within)
    : redis_(std::move(redis)), log_(fullon_log::get_component_logger("fullon.api.cache.server")),
      reads_(std::make_shared<shared_reads>(redis_->executor())), limits_(within),
      tasks_(redis_->executor(), [log = log_](std::string_view task, std::exception_ptr failure) {
          log.error("local cache: task failed",
                    {{"task", task}, {"error", fullon_log::failure_text(failure)}});
      })
{
    redis_->attach(*this);
}

local_cache::~local_cache()
{
    redis_->detach(*this);
}

asio::awaitable<void> local_cache::stop()
{
    const auto self = shared_from_this();
    tasks_.cancel();
    co_await tasks_.join();
}

void local_cache::look()
{
    current_ = redis_->nothing_unanswered() && redis_->nothing_unread();
}

// What is asked in the meantime is of no concern: it comes behind.
asio::awaitable<void> local_cache::catch_up()
{
    const auto self = shared_from_this();
    const bool answered = co_await redis_->catch_up(steady_clock::now() + patience);
    current_ = answered && redis_->nothing_unread();
}

const kept_answer* local_cache::find(std::string_view question)
{
    if (!current_)
        return nullptr;
    notice_session();
    const auto found = answers_.find(question);
    if (found == answers_.end())
        return nullptr;
    const auto now = steady_clock::now();
    if (now - redis_->last_heard() > longest_silence)
        return nullptr;
    if (now - found->second.since > limits_.longest) {
        erase(found);
        return nullptr;
    }
    if (now >= found->second.key->second.expires)
        return nullptr;
    ++hits_;
    return &found->second.answer;
}

std::optional<local_cache::reading> local_cache::begin(std::string key, std::string_view prefix)
{
    notice_session();
    if (!redis_->tracks(prefix)) {
        if (redis_->state() == fullon_cache::link_state::up && !tracked_.contains(prefix)) {
            tracked_.emplace(prefix);
            tasks_.spawn("track", track(std::string(prefix)));
        }
        return std::nullopt;
    }
    if (expiry_unknown_)
        return std::nullopt;
    auto& its = keys_[key];
    ++its.readings;
    const auto generation = its.generation;
    std::optional<reading> begun(std::in_place, shared_from_this(), key, generation);
    if (!std::exchange(its.expiry_asked, true))
        tasks_.spawn("expiry", ask_expiry(std::move(key), generation));
    return begun;
}

// Whoever sets another expiry changes the key, which is reported.
asio::awaitable<void> local_cache::ask_expiry(std::string key, std::uint64_t generation)
{
    const auto session = session_;
    const auto asked = steady_clock::now();
    std::optional<std::chrono::milliseconds> left;
    try {
        auto answer = co_await redis_->execute(fullon_cache::command("PTTL", key));
        left = std::chrono::milliseconds(answer.as_integer());
    } catch (const fullon_cache::cache_error& failure) {
        if (session == redis_->sessions() && failure.code() == fullon_cache::errc::permission_denied &&
            !std::exchange(expiry_unknown_, true)) {
            log_.warning("nothing is kept in memory: Redis does not permit PTTL",
                         {{"error", failure.what()}});
            forget_all();
        }
    }
    const auto found = keys_.find(key);
    if (!left || found == keys_.end() || found->second.generation != generation)
        co_return;
    constexpr std::chrono::milliseconds of_redis{1}; // Redis counts whole milliseconds
    found->second.expires = left->count() < 0
                                ? steady_clock::time_point::max()
                                : asked + std::min(*left, fullon_cache::longest_wait) - of_redis;
}

// Where Redis refuses, nothing is kept; the link has said why.
asio::awaitable<void> local_cache::track(std::string prefix)
{
    try {
        co_await redis_->track(prefix);
    } catch (const fullon_cache::cache_error&) {
    }
}

void local_cache::keep(const reading& from, std::string question, kept_answer found)
{
    notice_session();
    const auto key = keys_.find(from.key_); // which stays while it is being read
    if (key == keys_.end() || key->second.generation != from.generation_)
        return;
    if (const auto known = answers_.find(question); known != answers_.end())
        erase(known);
    if (bytes_ >= limits_.bytes)
        sweep();
    if (bytes_ >= limits_.bytes)
        return;
    const auto [made, is_new] =
        answers_.emplace(std::move(question), entry{std::move(found), &*key, steady_clock::now()});
    key->second.questions.push_back(&made->first);
    bytes_ += size_of(*made);
}

void local_cache::on_invalidate(std::string_view key)
{
    const auto found = keys_.find(key);
    if (found == keys_.end())
        return;
    forget(found);
    tidy(found);
}

// The link tells of the end of a session only where it has told of its beginning.
void local_cache::notice_session()
{
    if (session_ == redis_->sessions())
        return;
    session_ = redis_->sessions();
    tracked_.clear();
    expiry_unknown_ = false;
    forget_all();
}

void local_cache::forget_all()
{
    for (auto key = keys_.begin(); key != keys_.end();) {
        forget(key);
        key = key->second.readings == 0 ? keys_.erase(key) : std::next(key);
    }
}

void local_cache::forget(key_map::iterator key)
{
    ++key->second.generation;
    key->second.expires = {};
    key->second.expiry_asked = false;
    for (const auto* question : std::exchange(key->second.questions, {})) {
        const auto gone = answers_.find(*question);
        bytes_ -= size_of(*gone);
        answers_.erase(gone);
    }
}

void local_cache::erase(answer_map::iterator answer)
{
    bytes_ -= size_of(*answer);
    const auto key = keys_.find(answer->second.key->first);
    std::erase(key->second.questions, &answer->first);
    answers_.erase(answer);
    tidy(key);
}

void local_cache::sweep()
{
    const auto now = steady_clock::now();
    if (now - swept_ < sweep_pause)
        return;
    swept_ = now;
    for (auto one = answers_.begin(); one != answers_.end();) {
        const auto old = one++;
        if (now - old->second.since > limits_.longest)
            erase(old);
    }
}

void local_cache::tidy(key_map::iterator key)
{
    if (key->second.readings == 0 && key->second.questions.empty())
        keys_.erase(key);
}

std::size_t local_cache::size_of(const answer_map::value_type& one) noexcept
{
    return one.first.size() + 2 * one.second.answer.body.size() + node_size;
}

local_cache::reading::~reading()
{
    if (!owner_)
        return;
    const auto key = owner_->keys_.find(key_);
    --key->second.readings;
    owner_->tidy(key);
}

} // namespace fullon_cache_api::detail
