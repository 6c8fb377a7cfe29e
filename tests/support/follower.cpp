// Bodies of follower.hpp.
#include "support/follower.hpp"

#include "support/async_test.hpp"
#include "support/websocket_peer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <exception>
#include <set>
#include <stdexcept>
#include <utility>

namespace support {

namespace asio = boost::asio;
namespace json = boost::json;

std::string text_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

struct follower::state {
    explicit state(asio::any_io_executor executor) : peer(executor) {}

    void take(std::string text);
    void mark(const json::object& body, bool begins);

    websocket_peer peer;
    std::exception_ptr failure;
    bool over = false;
    bool ended = false;
    std::vector<message> messages;
    std::map<std::string, json::object> answers; // by id
    std::set<std::string> complete;              // stream keys whose snapshot has come
    std::map<std::string, prices> held;          // by exchange
    std::map<std::string, std::map<std::string, std::string>>
        stale; // reasons, by stream key and topic, "": the whole
    std::size_t marks = 0;
};

follower::follower(asio::any_io_executor executor)
    : state_(std::make_shared<state>(executor)),
      tasks_(executor, [self = state_](std::string_view, std::exception_ptr failure) {
          self->ended = true;
          if (!self->over)
              self->failure = std::move(failure);
      })
{}

const std::vector<follower::message>& follower::messages() const noexcept
{
    return state_->messages;
}

const follower::prices& follower::held(const std::string& exchange) const
{
    return state_->held[exchange];
}

std::size_t follower::marks() const noexcept
{
    return state_->marks;
}

asio::awaitable<void> follower::open(std::uint16_t port)
{
    co_await state_->peer.open(port);
    tasks_.spawn("read", read(state_));
}

asio::awaitable<void> follower::close()
{
    state_->over = true;
    state_->peer.hang_up();
    co_await tasks_.join();
}

asio::awaitable<void> follower::ended()
{
    state_->over = true;
    co_await eventually("the end of a connection", [this] { return state_->ended; });
}

void follower::check() const
{
    if (state_->failure)
        std::rethrow_exception(state_->failure);
}

asio::awaitable<json::object> follower::ask(std::string operation, std::string params)
{
    const auto id = "f" + std::to_string(++asked_);
    co_await state_->peer.send_text(request_text('"' + id + '"', operation, params));
    const auto answered = [&] {
        check();
        return state_->answers.contains(id);
    };
    co_await eventually("an answer to " + operation, answered);
    auto answer = std::move(state_->answers.at(id));
    state_->answers.erase(id);
    co_return answer;
}

asio::awaitable<std::string> follower::subscribe(std::string operation, std::string params)
{
    const auto answer = co_await ask(operation, params);
    if (!answer.at("success").as_bool())
        throw std::runtime_error(operation + " " + params + " was refused: " + json::serialize(answer));
    const auto key = text_in(answer.at("result").as_object(), "stream_key");
    const auto complete = [&] {
        check();
        return state_->complete.contains(key);
    };
    co_await eventually("the snapshot of " + operation, complete);
    co_return key;
}

std::vector<const follower::message*> follower::of_type(std::string_view type, std::size_t from) const
{
    std::vector<const message*> found;
    for (auto at = from; at < state_->messages.size(); ++at)
        if (text_in(state_->messages[at].body, "type") == type)
            found.push_back(&state_->messages[at]);
    return found;
}

std::string follower::reason(const std::string& stream_key) const
{
    const auto found = state_->stale.find(stream_key);
    return found == state_->stale.end() || found->second.empty() ? std::string()
                                                                 : found->second.begin()->second;
}

std::string follower::reason(const std::string& stream_key, const std::string& topic) const
{
    const auto stream = state_->stale.find(stream_key);
    if (stream == state_->stale.end())
        return {};
    auto found = stream->second.find(topic);
    if (found == stream->second.end())
        found = stream->second.find("");
    return found == stream->second.end() ? std::string() : found->second;
}

asio::awaitable<void> follower::read(std::shared_ptr<state> self)
{
    for (;;) {
        auto text = co_await self->peer.read_text();
        self->take(std::move(text));
    }
}

void follower::state::take(std::string text)
{
    json::parse_options exactly;
    exactly.numbers = json::number_precision::precise;
    auto body = json::parse(text, {}, exactly).as_object();
    const auto type = text_in(body, "type");
    if (body.contains("request_id"))
        answers.insert_or_assign(text_in(body, "request_id"), body);
    else if (type == "snapshot_end")
        complete.insert(text_in(body, "stream_key"));
    else if (type == "stale" || type == "fresh")
        mark(body, type == "stale");
    else if (type == "ticker_update") {
        auto& exchange = held[text_in(body, "exchange")];
        if (body.contains("removed"))
            exchange.erase(text_in(body, "symbol"));
        else
            exchange.insert_or_assign(text_in(body, "symbol"), body.at("price").to_number<double>());
    }
    messages.push_back({clock::now(), std::move(body), std::move(text)});
}

void follower::state::mark(const json::object& body, bool begins)
{
    auto& topics = stale[text_in(body, "stream_key")];
    auto reason = text_in(body, "reason");
    if (reason.empty())
        reason = "stale";
    std::vector<std::string> names;
    if (const auto* listed = body.if_contains("topics"))
        for (const auto& one : listed->as_array())
            names.emplace_back(one.as_string());
    else
        names.emplace_back();
    for (const auto& name : names)
        if (begins)
            topics.insert_or_assign(name, reason);
        else
            topics.erase(name);
    marks += begins ? 1 : 0;
}

} // namespace support
